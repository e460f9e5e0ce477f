"""What articles tell of by name, found and answered; imports nothing above models, passages, sources, storage."""
