"""Fetch from the web, politely and from public addresses alone; imports nothing above indonesian."""
