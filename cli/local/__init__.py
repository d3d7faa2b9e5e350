"""What `nexus up` starts on a laptop: a local AWS, a model server, and the stack deployed on it."""
