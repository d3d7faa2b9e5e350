"""The access function: the HTTP API that manages a tenant's keys and people."""
