"""What people do with documents: find, describe, restore, erase them, see how far one is.

Uses `ingestion` and what stands below it.
"""
