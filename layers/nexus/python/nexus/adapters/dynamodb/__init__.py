"""DynamoDB: the catalogue, conversations, clients, the cache, the ledger and generations."""
