"""What a question means: its words spelt out, what it asks for, what it takes from the question before."""
