"""SQS: work that waits, and what was given up."""
