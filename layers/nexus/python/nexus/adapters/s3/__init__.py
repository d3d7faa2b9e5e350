"""S3: the bucket of documents, and that of snapshots."""
