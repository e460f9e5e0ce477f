"""Which meetings there were: found in an article's text, and answered from what was found."""
