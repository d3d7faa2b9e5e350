"""Reads server-sent events, as model endpoints stream their answers, and what text is in each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nexus.adapters.openai.bodies import text_of

# A line is one event; the last one of the Responses API repeats the whole answer.
MOST_BYTES = 4_000_000
# A stream that never ends says nothing new for long before that.
MOST_EVENTS = 200_000


def events(parts: Iterable[bytes]) -> Iterator[Mapping[str, Any]]:
    """The JSON of each event, up to `[DONE]` or the end of the stream.

    Comments, names of events and empty lines are skipped. Raises ValueError for a line that is too
    long or holds no JSON, and for more events than an answer can have.
    """
    for count, line in enumerate(_lines(parts)):
        if count > MOST_EVENTS:
            raise ValueError("too many events")
        if not line.startswith(b"data:"):
            continue
        data = line[5:].strip()
        if data == b"[DONE]":
            return
        if data:
            event = json.loads(data)
            if isinstance(event, Mapping):
                yield event


def said_in(event: Mapping[str, Any]) -> str:
    """The piece of the answer's text that an event of either API holds; "" for none."""
    kind = event.get("type", "")
    if kind in ("response.output_text.delta", "response.refusal.delta"):
        delta = event.get("delta")
        return delta if isinstance(delta, str) else ""
    choices = event.get("choices")
    if kind or not isinstance(choices, list) or not choices:
        return ""
    # Some servers send whole messages in their events.
    part = choices[0].get("delta") or choices[0].get("message") or {}
    return text_of(part.get("content")) or text_of(part.get("refusal"))


def whole_of(event: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The answer that an event of the Responses API repeats at its end, or None."""
    if event.get("type") in ("response.completed", "response.incomplete", "response.failed"):
        whole = event.get("response")
        return whole if isinstance(whole, Mapping) else None
    return None


def _lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for part in parts:
        *lines, rest = part.replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            yield b"".join((*held, line))
            held, size = [], 0
        if rest:
            held.append(rest)
            size += len(rest)
            if size > MOST_BYTES:
                raise ValueError("a line without end")
    if held:
        yield b"".join(held)
