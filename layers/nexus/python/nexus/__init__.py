"""Nexus: answers questions from an organisation's own documents, with sources it can prove."""

__version__ = "0.1.0"
