"""The chat function: the HTTP API that answers questions."""
