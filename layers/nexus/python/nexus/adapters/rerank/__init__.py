"""Rerank endpoints of the kind of Cohere and Jina."""
