"""Who holds which office: found in an article's text, and answered from what was found."""
