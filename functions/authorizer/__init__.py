"""The authorizer: says of every request that needs a caller who that is."""
