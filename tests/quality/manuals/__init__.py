"""Questions on real PDF manuals, and the command that fetches these and asks them."""
