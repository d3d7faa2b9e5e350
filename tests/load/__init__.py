"""Many people ask at once: what they wait for, whether anything is lost, and what memory does."""
