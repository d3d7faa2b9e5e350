"""Writes a conversation as Markdown, for who keeps it or reads it elsewhere.

An answer is Markdown already, and was cleaned when it was written. Titles, questions and quotes are
data: their signs are taken out of effect, so that they make no heading, link or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nexus.models import Conversation, Source, Turn
from nexus.object_keys import spelled

# Signs of inline Markdown and HTML, which a backslash makes plain (CommonMark 0.31.2, 2.4).
_SIGNS = re.compile(r"([\\`*_\[\]<>&~|])")
# What begins a heading, a list or a rule at a line's start.
_BLOCK = re.compile(r"^(?=[#+=-])")
_NUMBERED = re.compile(r"^(\d{1,9})(?=[.)])")


def markdown(
    conversation: Conversation,
    turns: Sequence[Turn],
    told: Callable[[Turn], str],
    link: Callable[[Source], str],
) -> str:
    """The conversation's turns, each question with its answer and the sources of that.

    `told` is what a reader is told as a turn's answer, and `link` the address of a source; ""
    where it has none.
    """
    parts = [
        f"# {_plain(conversation.title)}",
        f"Conversation {_plain(conversation.conversation_id)}, {conversation.created_at} to "
        f"{conversation.updated_at}. It expires {conversation.expires_at}.",
    ]
    for number, turn in enumerate(turns, 1):
        parts += [f"## {number}. {turn.created_at}", _quoted(turn.question), told(turn).strip()]
        if turn.confidence is not None and not turn.refused:
            parts.append(f"Confidence: {turn.confidence.level} ({turn.confidence.score:.2f})")
        parts += [_listed(source, link(source)) for source in turn.sources]
    return "\n\n".join(parts) + "\n"


def _listed(source: Source, address: str) -> str:
    passage = source.passage
    named = [passage.title, passage.locator.describe()]
    if passage.version:
        named.append(f"version {passage.version}")
    told = _plain(", ".join(filter(None, named)))
    where = f"  \n<{address}>" if address else ""
    return f"\\[{source.number}\\] {told}{where}\n\n{_quoted(source.quote)}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {_plain(line)}".rstrip() for line in text.splitlines()) or ">"


def _plain(text: str) -> str:
    """One line whose signs are only signs."""
    line = _BLOCK.sub(r"\\", _SIGNS.sub(r"\\\1", spelled(text)))
    return _NUMBERED.sub(r"\1\\", line)
