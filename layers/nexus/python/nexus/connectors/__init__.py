"""Brings documents from where they are into the bucket, and removes what is there no more.

A source (`ports.sources`) lists what it has; `bringing` compares that with what was brought before.
"""
