"""The routes of keys and people, one module for each kind."""
