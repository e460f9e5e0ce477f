"""Recipes that make what the program ships; nothing here runs when it answers."""
