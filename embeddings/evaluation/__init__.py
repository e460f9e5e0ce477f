"""Measurements of what the program does, none of which run when it answers; imports nothing above training."""
