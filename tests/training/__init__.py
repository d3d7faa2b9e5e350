"""Trains what is learnt from data, by hand; its results are committed."""
