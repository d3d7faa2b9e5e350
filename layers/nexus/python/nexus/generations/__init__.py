"""Index generations: which one answers, comparing it with the bucket, and making the next.

Uses `ingestion`, `retrieval` and what stands below them.
"""
