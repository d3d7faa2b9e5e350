"""Conversations as a list shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without what was said in it; times are UTC ISO 8601 with Z.

    `title` is its first question on one line, or what somebody renamed it to. `turns` are counted
    up to 1,000. `place` is where it stands in its client's list: a page begins behind it.
    """

    conversation_id: str
    title: str
    created_at: str
    updated_at: str
    expires_at: str
    turns: int
    place: str
