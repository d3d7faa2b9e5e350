"""The languages that users write."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """The languages that users write."""

    ENGLISH = "en"
    INDONESIAN = "id"
