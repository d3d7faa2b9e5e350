"""`nexus eval`: measures a corpus or a deployment against questions whose answers are known."""
