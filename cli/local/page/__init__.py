"""The page on this machine: a server of its own, what the page is told, and the way to it."""
