"""Whatever comes in from outside becomes articles, or is refused by name; imports nothing above indonesian."""
