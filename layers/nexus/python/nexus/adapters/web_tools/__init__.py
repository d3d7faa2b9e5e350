"""HTTP to the services that agents' tools call."""
