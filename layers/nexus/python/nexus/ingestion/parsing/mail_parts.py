"""Says what single parts of a message hold: a field, bytes, lines, frames, a report."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.plain import decode
from nexus.models import LocatedText

LONGEST_FIELD = 2_000
_LONGEST_HEAD = 100_000
_FRAMES = re.compile(rb"<frameset[\s>]", re.I)
_WORD_BREAK = re.compile(r"(?<![ \t])[ \t]*+\r?\n[ \t]++")


def field(message: Message, name: str) -> str:
    """A header field as a reader sees it, on one line; "" if there is none."""
    return _shown(str(message.get(name, "")))


def _shown(value: str) -> str:
    raw = value[:LONGEST_FIELD]
    pieces = []
    try:
        for piece, charset in decode_header(_WORD_BREAK.sub(" ", raw)):
            pieces.append(piece if isinstance(piece, str) else decode(piece, charset))
    except Exception:  # noqa: BLE001 - whatever is wrong with it, its characters are there
        pieces = [raw]
    return squeeze(clean("".join(pieces)))


def payload(part: Message) -> bytes:
    """The bytes of a part, whatever they were written as on their way."""
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def unwrapped(text: str) -> str:
    """Text of format=flowed (RFC 3676) with its paragraphs on one line each."""
    lines: list[str] = []
    flowing = False
    for raw in text.splitlines():
        line = raw[1:] if raw.startswith(" ") else raw
        if flowing and not line.startswith(">"):
            lines[-1] += line
        else:
            lines.append(line)
        flowing = line.endswith(" ") and line != "-- "
    return "\n".join(lines)


def holds_frames(part: Message) -> bool:
    """Whether a page only says in which frames others are shown, as workbooks are saved."""
    return _FRAMES.search(payload(part)[:_LONGEST_HEAD]) is not None


def is_sheet(part: Message) -> bool:
    """Whether a part is a page of its own in a frame, and not the row of tabs below it."""
    is_page = part.get_content_type() in ("text/html", "application/xhtml+xml")
    return is_page and "tabstrip" not in str(part.get("Content-Location", ""))


def blocks_of_fields(blocks: list[Message]) -> Iterator[LocatedText]:
    """What a report on a delivery says, as it is written."""
    for block in blocks:
        said: dict[str, str] = {}
        for name, value in block.items():  # a look-up of each would go through all of them
            if name not in said:
                said[name] = _shown(str(value))
        if said:
            yield LocatedText("\n".join(f"{name}: {value}" for name, value in said.items()))


def base64_decoded(text: bytes) -> bytes:
    """What base64 stands for; the text itself if it is none."""
    try:
        return binascii.a2b_base64(text)
    except binascii.Error:
        return text
