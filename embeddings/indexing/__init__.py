"""Bring the store up to date with articles; imports nothing above search."""
