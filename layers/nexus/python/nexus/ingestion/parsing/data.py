"""Reads data (JSON, JSON Lines, XML): each record with the names of its fields and its own name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from nexus.errors import CorruptDocument, DocumentTooLarge
from nexus.ingestion.parsing import web
from nexus.ingestion.parsing.named_rows import with_named_rows
from nexus.ingestion.parsing.plain import decode, paragraphs
from nexus.ingestion.parsing.record_texts import RecordTexts
from nexus.ingestion.parsing.xml_records import as_page, data_of
from nexus.models import ParsedDocument, ReadingWarning

# Python takes about nine times a file's size for its JSON, and its text as much again.
_MOST_BYTES = 48 * 1024 * 1024
_MOST_TOLD = 20
_BLANK = re.compile(rb"[\s\xef\xbb\xbf\xff\xfe\0]{0,64}")


def read(content: bytes) -> ParsedDocument:
    """The records of a data file; a file that is none after all is read as a page or as text.

    A line of JSON Lines that cannot be read is told. Raises DocumentTooLarge.
    """
    begun = _BLANK.match(content)
    if content[begun.end() if begun else 0 :][:1] == b"<":
        return _markup(content)
    if len(content) > _MOST_BYTES:
        raise DocumentTooLarge(
            f"The data is larger than {_MOST_BYTES // 1024 // 1024} MB: split it into files with "
            "fewer records."
        )
    text = decode(content)
    try:
        value = _loaded(text)
    except ValueError:
        return _lines(text)
    except RecursionError as err:
        raise CorruptDocument(
            "The data is nested too deeply to be read: export its records as a list of flat ones."
        ) from err
    texts = RecordTexts()
    texts.take(with_named_rows(value))
    return ParsedDocument(texts.finish(), warnings=texts.warnings())


def _markup(content: bytes) -> ParsedDocument:
    """The records of XML, or its text as of a page if it is text with marks, or is damaged."""
    value = data_of(content) if len(content) <= _MOST_BYTES else None
    if value is None:
        return web.read(as_page(content))
    texts = RecordTexts()
    texts.take(value)
    return ParsedDocument(texts.finish(), warnings=texts.warnings())


def _lines(text: str) -> ParsedDocument:
    """JSON Lines: a record on each line. What is no JSON at all is text."""
    records: list[Any] = []
    broken: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not (line := line.strip().removesuffix(",")):
            continue
        try:
            records.append(_loaded(line))
        except (ValueError, RecursionError):
            broken.append(number)
    whole = sum(isinstance(record, dict | list) for record in records)
    if not whole or len(broken) > whole:
        told = ReadingWarning(
            "read as plain text: the file is not valid JSON", "", "Export it again as JSON."
        )
        return ParsedDocument(paragraphs(text), warnings=(told,))
    texts = RecordTexts()
    texts.take(records)
    return ParsedDocument(texts.finish(), warnings=(*texts.warnings(), *_told(broken)))


def _told(broken: list[int]) -> Iterator[ReadingWarning]:
    for number in broken[:_MOST_TOLD]:
        yield ReadingWarning("not read: the line is not JSON", f"line {number}", "Correct it.")
    if len(broken) > _MOST_TOLD:
        yield ReadingWarning(
            f"not read: {len(broken) - _MOST_TOLD} more lines that are not JSON",
            "",
            "Correct them.",
        )


def _loaded(text: str) -> Any:
    """The value, its numbers as they are written; of a name that comes twice, both values."""
    return json.loads(text, parse_int=str, parse_float=str, object_pairs_hook=_pairs)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[f"{name} (again)" if name in found else name] = value
    return found
