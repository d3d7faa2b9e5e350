"""Makes a headline of a longer text: one line, of bounded length."""

from __future__ import annotations

from nexus.object_keys import spelled

MOST_CHARS = 80


def headline(text: str, most: int = MOST_CHARS) -> str:
    """The text's beginning on one line of at most `most` characters, cut between words."""
    # More than this shows nothing of what follows, and bounds what is looked at.
    line = spelled(text[: most * 20])
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    words = cut.rpartition(" ")[0]
    # A word that fills half of the line, or a script without blanks, is cut itself.
    return f"{words if len(words) > most // 2 else cut}…"
