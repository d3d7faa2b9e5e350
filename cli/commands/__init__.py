"""The commands of `nexus`, one module each."""
