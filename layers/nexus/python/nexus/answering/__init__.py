"""One turn: what is wanted, prompts, the model, checking what it wrote, citing, refusing, caching.

Uses `retrieval`, `generations`, `documents` and what stands below them.
"""
