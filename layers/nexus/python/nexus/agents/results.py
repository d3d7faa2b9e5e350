"""Makes of what a service gave a passage that an answer can cite, line by line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from nexus.models import Locator, Passage
from nexus.text.sanitising import visible

MOST_CHARS, MOST_LINES, _DEEPEST = 8_000, 200, 8
CUT = "(There is more than is shown.)"


def passage_of(tool: str, title: str, text: str, uri: str = "") -> Passage:
    """A tool's result as a passage; its id tells one result from another."""
    digest = hashlib.sha256(f"{tool}\n{text}".encode("utf-8", "replace")).hexdigest()[:24]
    return Passage(f"tool-{digest}", tool, title, uri, "", Locator(), text, 1.0, kind="tool")


def text_of_body(body: bytes, content_type: str) -> str | None:
    """A body as text: JSON in lines of "name: value", other text as it is; None for other kinds."""
    if content_type.endswith("json"):
        try:
            found = json.loads(body, parse_float=Decimal)
        except (ValueError, RecursionError):
            return None
        return text_of_value(found)
    if content_type.startswith("text/") and content_type != "text/html":
        return clipped(visible(body.decode("utf-8", "replace")))
    return None


def text_of_value(value: Any) -> str:
    """A JSON value in lines: each holds what belongs together, with its names."""
    lines: list[str] = []
    length = 0
    for line in _lines(value, "", 0):
        shown = " ".join(visible(line).split())
        length += len(shown)
        if len(lines) >= MOST_LINES or length > MOST_CHARS:
            lines.append(CUT)
            break
        lines.append(shown)
    return "\n".join(lines)


def clipped(text: str) -> str:
    """A text, cut at 8,000 characters."""
    return text if len(text) <= MOST_CHARS else f"{text[:MOST_CHARS]}\n{CUT}"


def _lines(value: Any, name: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        flat = [(key, one) for key, one in value.items() if not isinstance(one, dict | list)]
        if flat:
            said = "; ".join(f"{key}: {_word(one)}" for key, one in flat)
            yield f"{name}: {said}" if name else said
        for key, one in value.items():
            if isinstance(one, dict | list):
                yield from _lines(one, f"{name} › {key}" if name else str(key), depth + 1)
    elif isinstance(value, list):
        if value and not any(isinstance(one, dict | list) for one in value):
            said = ", ".join(map(_word, value))
            yield f"{name}: {said}" if name else said
            return
        for place, one in enumerate(value, start=1):
            yield from _lines(one, f"{name} {place}".strip(), depth + 1)
    else:
        yield f"{name}: {_word(value)}" if name else _word(value)


def _word(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
