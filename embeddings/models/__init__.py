"""The networks: the bundled encoder and reader, and any other encoder; imports nothing above indonesian."""
