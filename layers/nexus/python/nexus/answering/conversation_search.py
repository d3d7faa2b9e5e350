"""Finds a client's conversations by their titles and by what was said in them, as it may be seen.

There is no index of what was said: the conversations are read, latest first, so many of them and
for so long as one request allows. A page can be short, even empty, and still not be the last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nexus.deadline import current
from nexus.models import Conversation, Turn
from nexus.ports import ListedConversations
from nexus.text.matching import MatchingLine, Wanted

# Conversations that one page reads, turns of each, and matches of each that are told, at most; and
# how many conversations are asked for together at least.
MOST_READ = 100
LEAST_PAGE = 20
MOST_TURNS = 200
MOST_MATCHES = 3
# A page ends while this is left of the request's time; it is looked at between conversations.
LEFT_S = 8.0

See = Callable[[Sequence[Turn]], list[Turn]]


@dataclass(frozen=True, slots=True)
class TurnMatch:
    """A line of a turn's question or answer that holds words which were looked for."""

    message_id: str
    line: MatchingLine


@dataclass(frozen=True, slots=True)
class FoundConversation:
    """A conversation, and up to three of its lines with what was looked for, the best first."""

    conversation: Conversation
    matches: tuple[TurnMatch, ...] = ()


def search(
    store: ListedConversations,
    see: See,
    owner: tuple[str, str],
    text: str,
    limit: int,
    after: str,
) -> tuple[list[FoundConversation], str | None]:
    """At most `limit` conversations with the text behind a place, and where the next ones begin.

    `owner` is tenant and client; `see` takes out of turns what the reader may not see. A title or
    one turn has to hold the text as it stands, in any case, or all of its words by their stems.
    """
    looked_for = _LookedFor(text)
    found: list[FoundConversation] = []
    place: str | None = after
    read = 0
    while place is not None and read < MOST_READ and len(found) < limit:
        page, behind = store.page(*owner, min(max(limit, LEAST_PAGE), MOST_READ - read), place)
        for number, conversation in enumerate(page):
            read += 1
            place = conversation.place
            match = _matched(store, see, owner, conversation, looked_for)
            if match is not None:
                found.append(match)
            last = number == len(page) - 1
            if (len(found) == limit or not current().fits(LEFT_S)) and not last:
                return found, place
        place = behind
        if not current().fits(LEFT_S):
            break
    return found, place


def _matched(
    store: ListedConversations,
    see: See,
    owner: tuple[str, str],
    conversation: Conversation,
    looked_for: _LookedFor,
) -> FoundConversation | None:
    turns = store.history(*owner, conversation.conversation_id, MOST_TURNS)
    held = [turn for turn in turns if looked_for.stands_in(turn)]
    # Only what would be told is looked at again: most conversations match nothing.
    cited = [turn for turn in held if turn.document_ids]
    seen = {turn.message_id: turn for turn in see(cited)} if cited else {}
    held = [seen.get(turn.message_id, turn) for turn in held]
    held = [turn for turn in held if looked_for.stands_in(turn)]
    if not held and not looked_for.is_in(conversation.title):
        return None
    lines = [
        TurnMatch(turn.message_id, line) for turn in held if (line := looked_for.line_of(turn))
    ]
    lines.sort(key=lambda match: -match.line.words)
    return FoundConversation(conversation, tuple(lines[:MOST_MATCHES]))


class _LookedFor:
    """What is looked for: a text as it stands, or its words."""

    def __init__(self, text: str) -> None:
        self._plain = text.casefold()
        self._words = Wanted(text)

    def is_in(self, text: str) -> bool:
        return self._plain in text.casefold() or self._words.all_in(text)

    def stands_in(self, turn: Turn) -> bool:
        return self.is_in(f"{turn.question}\n{turn.answer}")

    def line_of(self, turn: Turn) -> MatchingLine | None:
        return self._words.best_line(f"{turn.question}\n{turn.answer}")
