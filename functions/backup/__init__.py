"""The backup function: writes the live index generation into a snapshot."""
