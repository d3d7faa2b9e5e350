"""Who may see what, asked of every route: random people, groups, keys, documents and changes."""
