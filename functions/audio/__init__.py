"""Audio chat: a recording in, an answer as text and as speech out."""
