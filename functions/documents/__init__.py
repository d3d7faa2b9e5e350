"""The documents function: the HTTP API that manages a tenant's documents."""
