"""What is stored: articles, passages, embeddings, and what was found in the articles."""
