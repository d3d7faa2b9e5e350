"""Who may call: clients with their keys, and people with their groups, made, changed and removed.

The terminal and the API do it by this room alone, so that they cannot differ. Uses the rooms below
it, and ports; who acts for whom is decided here, who asks is known by its caller.
"""
