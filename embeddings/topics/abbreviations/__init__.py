"""What abbreviations stand for: found in an article's text, and answered from what was found."""
