"""What a tenant's people ask, how the answers fare, and what is missing.

Turns leave items in the question log; nights roll them up; administrators read both.
"""
