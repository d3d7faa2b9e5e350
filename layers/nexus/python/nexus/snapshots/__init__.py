"""Copies of an index generation that can be restored without embedding.

Uses `generations`, `ingestion` and what stands below them.
"""
