"""Keys of what lies outside."""

from __future__ import annotations

from typing import Protocol


class Secrets(Protocol):
    """Named secrets, each read once for all that need it at the same time."""

    def get(self, secret_id: str) -> str:
        """The secret's string value. Raises ConfigurationError if it is not set."""
        ...
