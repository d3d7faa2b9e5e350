"""The reindexing function: finds and queues what the index has missed."""
