"""What the operator sees of the bot and does to its articles; imports nothing of `handlers` and `commands`."""
