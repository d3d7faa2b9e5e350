"""Amazon S3 Vectors."""
