"""Indonesian as news and people write it, its lists as data; imports nothing above postgresql."""
