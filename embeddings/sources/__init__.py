"""Whatever comes in from outside becomes articles here, or is refused by name."""
