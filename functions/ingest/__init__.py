"""The ingestion function: from S3 events on a queue to an index that agrees with the bucket."""
