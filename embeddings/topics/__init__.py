"""What articles tell of by name: each topic finds it in an article, and answers from what was found."""
