"""Pinecone document indexes."""
