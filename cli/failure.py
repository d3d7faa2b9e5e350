"""The one error that a person at the terminal is shown, as a sentence."""

from __future__ import annotations


class Failure(Exception):
    """A command cannot go on; the message says why and what to do, in a sentence or two."""
