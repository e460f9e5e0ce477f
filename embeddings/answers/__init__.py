"""From passages to an answer: what the reader makes of them, which quotes are shown, or an honest no."""
