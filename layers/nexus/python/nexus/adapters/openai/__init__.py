"""Endpoints that speak OpenAI's protocol: embeddings and answers."""
