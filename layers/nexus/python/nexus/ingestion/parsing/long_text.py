"""Decides how a text or table that may be too long for memory is read: encoding, dialect, parts."""

from __future__ import annotations

import csv

from nexus.errors import DocumentTooLarge
from nexus.ingestion.parsing import delimited
from nexus.ingestion.parsing.cutting import CannotCutError, cut_paragraphs, cut_rows, is_short
from nexus.ingestion.parsing.encodings import CUTTABLE, SAMPLE, Evidence, byte_order_mark, decode_as
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.ingestion.parsing.plain import refuse_binary
from nexus.ingestion.parsing.sources import WatchedSource


def survey(
    source: WatchedSource, form: str, size: int, head: bytes, max_whole_bytes: int
) -> Outline:
    """The outline of a plain text or a delimited file that begins with `head`.

    What cannot be cut, as its encoding or its rows do not show where, is one part. Raises
    DocumentTooLarge if that would be larger than `max_whole_bytes`, and UnsupportedFormat.
    """
    whole = Outline(form, size, pages=1, parts=(Part(0, 0, size),))
    if is_short(size):
        return whole
    found = _cut(source, form, size, head)
    if found is None and size > max_whole_bytes:
        raise DocumentTooLarge(
            "The file is too long to be read at once, and nothing shows where to cut it: save it "
            f"as UTF-8 with a line for each row, or split it into files of at most "
            f"{max_whole_bytes // 1024 // 1024} MB."
        )
    return found or whole


def _cut(source: WatchedSource, form: str, size: int, head: bytes) -> Outline | None:
    """The outline in several parts, or None."""
    marked, first = byte_order_mark(head)
    is_wide = not marked and b"\0" in head[:SAMPLE]
    if is_wide or (marked and marked not in CUTTABLE):
        return None
    evidence = Evidence()
    delimiter, is_quoted = "", True
    try:
        if form == "plain":
            parts = cut_paragraphs(source, size, evidence)
        else:
            # Whatever the encoding, what cuts rows and cells is ASCII.
            delimiter = delimited.delimiter_of(head[first:].decode("latin-1"))
            try:
                parts = cut_rows(source, size, first, delimiter, evidence)
            except csv.Error:
                parts, is_quoted = cut_rows(source, size, first, None, evidence), False
    except CannotCutError:
        return None
    encoding = marked or evidence.encoding()
    text = decode_as(head, encoding)
    refuse_binary(text)
    if encoding not in CUTTABLE:
        return None
    return Outline(
        form,
        size,
        pages=1,
        encoding=encoding,
        delimiter=delimiter,
        quoted=is_quoted,
        header=delimited.header_of(text, delimiter) if delimiter else (),
        parts=tuple(parts),
    )
