"""Tell chats of new articles: match what came in with what they wait for, and send it, each once."""
