"""Articles, passages, embeddings and facts as they are stored; imports nothing above indonesian."""
