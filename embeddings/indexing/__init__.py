"""Bring the store up to date with articles."""
