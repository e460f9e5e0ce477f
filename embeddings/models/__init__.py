"""The networks that read: the bundled encoder and reader, and any sentence-transformers encoder."""
