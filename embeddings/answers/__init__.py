"""From passages to an answer, quotes or an honest no; imports nothing above search."""
