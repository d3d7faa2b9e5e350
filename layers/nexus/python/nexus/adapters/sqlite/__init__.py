"""A vector index in one SQLite file."""
