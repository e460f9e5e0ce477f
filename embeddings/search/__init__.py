"""From a question to passages, by meaning and by words, the two fused; imports nothing above question."""
