"""Measurements of what the program does; nothing here runs when it answers."""
