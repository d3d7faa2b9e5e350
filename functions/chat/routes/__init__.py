"""The routes of the chat API, one module for each kind of resource."""
