"""What an operator looks at: letters that were given up, and whether everything answers.

Uses `generations`, `ingestion` and what stands below them.
"""
