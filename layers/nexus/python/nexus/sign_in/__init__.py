"""Who has signed in: from a person's token to a caller, and what the authorizer tells of callers.

Uses the rooms below it, and no web framework: the authorizer starts before every answer.
"""
