"""The readiness function: asks new versions whether they work, before callers get them."""
