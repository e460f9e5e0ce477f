"""What a question means and takes from the one before; imports nothing above topics."""
