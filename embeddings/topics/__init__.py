"""What news tells by name, found and answered; imports nothing above fetching, models, passages, sources, storage."""
