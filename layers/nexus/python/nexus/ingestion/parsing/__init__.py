"""Turns the bytes of a document into located text, part by part, whatever its format.

`outline` decides how a file is read and lists its parts; `parse_part` reads one of them, in memory
that does not grow with the file. Each parser is imported when it is first needed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from traceback import clear_frames
from types import ModuleType
from typing import BinaryIO

from nexus.errors import (
    CorruptDocument,
    DocumentTooLarge,
    EmptyDocument,
    NexusError,
)
from nexus.ingestion.parsing.cleaning import HEADING_CHARS, clean, sensible_title, squeeze
from nexus.ingestion.parsing.formats import COMPOUND, ZIP, detect, look_inside
from nexus.ingestion.parsing.inside import Allowance, Inside
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.ingestion.parsing.sources import WatchedSource, kept, watching
from nexus.ingestion.parsing.table_lines import changed_rows
from nexus.ingestion.reading_warnings import bounded, sentences
from nexus.models import LocatedText, ParsedDocument, ReadingWarning

HEADING_DEPTH = 10
_HEAD = 1024 * 1024
# The formats that are read part by part; of any other, the whole file has to be in memory.
_STREAMED = {"pdf", "delimited", "plain"}
# The formats that are read page by page.
_PAGED = {"pdf", "picture"}
# The formats that hold files of any format.
_HOLDERS = {"archive", "mail", "mailbox", "outlook"}
# Those in which an author hides things, and that are read as one part.
_HIDING = {
    "word", "slides", "sheets", "web", "markup", "open_document", "office_xml", "rich_text",
    "ebook",
}  # fmt: skip


def outline(
    source: BinaryIO | WatchedSource,
    size: int,
    path: str,
    content_type: str,
    *,
    max_bytes: int,
    max_streamed_bytes: int,
    max_unpacked_bytes: int,
    ocr: bool = False,
    read_hidden: bool = False,
) -> Outline:
    """How the document of `size` bytes is read: its format, and the parts to give to `parse_part`.

    The bytes decide the format, then the path's extension, then the content type. `source` is
    seekable; a long text or table is read through once, a PDF only where it keeps its structure.
    With `ocr`, text is recognised in pictures and in pages that hold no other; with `read_hidden`
    the parts are read with what the author hid in them.
    Raises DocumentRejected's kinds, and what reading the source raises.
    """
    watched = watching(source)
    with _rejecting(watched):
        head = watched.stretch(0, min(size, _HEAD))
        if size <= _HEAD and not head.strip():
            raise EmptyDocument("The file is empty: upload one that holds text.")
        form = detect(head, path, content_type)
        limit = max_streamed_bytes if form in _STREAMED else max_bytes
        if size > limit:
            raise DocumentTooLarge(
                f"The file is larger than {limit / 1024 / 1024:.0f} MB: split it into smaller "
                "documents."
            )
        if form in (ZIP, COMPOUND):
            form = look_inside(form, watched.stretch(0, size), path, max_unpacked_bytes)
        if form in _PAGED:
            module = import_module(f"nexus.ingestion.parsing.{form}")
            found: Outline = module.survey(watched, size, ocr=ocr)
            return replace(found, read_hidden=read_hidden)
        if form not in _STREAMED:
            return Outline(
                form,
                size,
                inner_bytes=max_bytes,
                unpacked_bytes=max_unpacked_bytes,
                ocr=ocr,
                read_hidden=read_hidden,
                parts=(Part(0, 0, size),),
            )
        from nexus.ingestion.parsing.long_text import survey

        return survey(watched, form, size, head, max_bytes)


def parse_part(source: BinaryIO | WatchedSource, outline: Outline, part: Part) -> ParsedDocument:
    """Reads one part of a document into texts with their places, clean and in reading order.

    What the author hid is not read, unless the outline says so; what somebody deleted never is.
    `pages` counts the part's.
    A part without text gives none, but raises EmptyDocument if it is the whole document; see
    `no_text` for one in several. Raises DocumentRejected's kinds, and what reading the source
    raises.
    """
    return _read(source, outline, part, _inside(outline))


def _read(
    source: BinaryIO | WatchedSource, outline: Outline, part: Part, inside: Inside
) -> ParsedDocument:
    watched = watching(source)
    with _rejecting(watched):
        reader = import_module(f"nexus.ingestion.parsing.{outline.format}")
        if outline.format in _PAGED:
            document: ParsedDocument = reader.read_part(watched, outline, part)
        else:
            content = watched.stretch(part.start, part.end)
            if outline.encoding:
                document = reader.read_part(content, outline, part)
            elif outline.format in _HOLDERS:
                document = reader.read(content, inside)
            else:
                document = _whole(reader, content, outline)
        texts = tuple(text for raw in document.texts if (text := _tidy(raw)).text)
    if not texts and outline.is_whole(part):
        raise no_text(outline, document.warnings)
    title = sensible_title(document.title)
    return ParsedDocument(texts, title, document.pages, document.warnings)


def _whole(reader: ModuleType, content: bytes, outline: Outline) -> ParsedDocument:
    """What a reader of whole files gives and, with `ocr`, the text of the pictures in the file."""
    hidden = {"read_hidden": outline.read_hidden} if outline.format in _HIDING else {}
    if not outline.ocr:
        return _mending(reader, content, hidden)[0]
    from nexus.ingestion.parsing.pictures_inside import FOLDERS, with_pictures

    try:
        document, content = _mending(reader, content, hidden)
    except EmptyDocument:
        if outline.format not in FOLDERS:
            raise
        document = ParsedDocument(())
    if outline.format not in FOLDERS:
        return document
    return with_pictures(document, content, outline.format, read_hidden=outline.read_hidden)


def _mending(
    reader: ModuleType, content: bytes, hidden: dict[str, bool]
) -> tuple[ParsedDocument, bytes]:
    """What a reader of whole files gives, and the file: mended, if parts of it were damaged."""
    try:
        return reader.read(content, **hidden), content
    except Exception as err:
        is_refused = isinstance(err, NexusError | MemoryError)
        if not content.startswith(b"PK") or (is_refused and not isinstance(err, CorruptDocument)):
            raise
        clear_frames(err.__traceback__)  # what was read so far is not kept while it is mended
        from nexus.ingestion.parsing.mending import mended

        whole, warnings = mended(content)
        if whole is content:
            raise
    document = reader.read(whole, **hidden)
    return replace(document, warnings=(*warnings, *document.warnings)), whole


def no_text(outline: Outline, warnings: Sequence[ReadingWarning] = ()) -> EmptyDocument:
    """The error for a document of which no part holds text; the warnings say why it has none."""
    if warnings:
        return EmptyDocument(f"The file holds no text that is read. {sentences(warnings)}")
    if outline.format == "pdf":
        return EmptyDocument(import_module("nexus.ingestion.parsing.pdf").NO_TEXT)
    return EmptyDocument("The file holds no text: upload one that does.")


def parse(
    content: bytes,
    path: str,
    content_type: str,
    *,
    max_bytes: int,
    max_unpacked_bytes: int,
    ocr: bool = False,
    read_hidden: bool = False,
) -> ParsedDocument:
    """Reads a whole document that is in memory. Raises nothing but DocumentRejected's kinds."""
    with kept(io.BytesIO(content)) as source:
        found = outline(
            source,
            len(content),
            path,
            content_type,
            max_bytes=max_bytes,
            max_streamed_bytes=max_bytes,
            max_unpacked_bytes=max_unpacked_bytes,
            ocr=ocr,
            read_hidden=read_hidden,
        )
        return join(found, [parse_part(source, found, part) for part in found.parts])


def join(outline: Outline, parts: Sequence[ParsedDocument]) -> ParsedDocument:
    """The document that its parts, all of them in order, make. Raises EmptyDocument."""
    texts = tuple(text for part in parts for text in part.texts)
    warnings = bounded(warning for part in parts for warning in part.warnings)
    if not texts:
        raise no_text(outline, warnings)
    return ParsedDocument(
        texts,
        outline.title or parts[0].title,
        outline.pages or parts[0].pages,
        warnings,
    )


def _inside(whole: Outline) -> Inside:
    """How the files that a document holds are read."""

    def read_file(content: bytes, name: str, content_type: str, deeper: Inside) -> ParsedDocument:
        size = len(content)
        with kept(io.BytesIO(content)) as source:
            found = outline(
                source,
                size,
                name,
                content_type,
                max_bytes=size,
                max_streamed_bytes=size,
                max_unpacked_bytes=min(whole.unpacked_bytes, deeper.allowance.bytes_left),
                ocr=whole.ocr,
                read_hidden=whole.read_hidden,
            )
            return join(found, [_read(source, found, part, deeper) for part in found.parts])

    return Inside(read_file, Allowance(whole.inner_bytes), read_hidden=whole.read_hidden)


@contextmanager
def _rejecting(source: WatchedSource) -> Iterator[None]:
    """Makes every failure of a parser a DocumentRejected, and none of reading the source.

    A wrong configuration stays what it is.
    """
    try:
        yield
    except Exception as err:
        if source.failure is not None:
            raise source.failure from None
        if isinstance(err, NexusError):
            raise
        if isinstance(err, MemoryError):
            raise DocumentTooLarge(
                "The file needs more memory than there is: split it into smaller documents."
            ) from err
        raise CorruptDocument(
            "The file is damaged: open it in its own program, save it again and upload that."
        ) from err
    if source.failure is not None:
        raise source.failure


def _tidy(raw: LocatedText) -> LocatedText:
    text, place = clean(raw.text), raw.locator
    rows = changed_rows(raw, text, clean) if raw.rows else ()
    if not place.heading and place.sheet is None:
        return raw if text == raw.text else LocatedText(text, place, rows)
    heading = _tidy_path(place.heading)
    if text == raw.text and heading == place.heading and place.sheet is None:
        return raw
    sheet = None if place.sheet is None else squeeze(clean(place.sheet))[:HEADING_CHARS]
    return LocatedText(text, replace(place, heading=heading, sheet=sheet), rows)


@lru_cache(maxsize=64)
def _tidy_path(path: tuple[str, ...]) -> tuple[str, ...]:
    parts = (squeeze(clean(part))[:HEADING_CHARS] for part in path[:HEADING_DEPTH])
    return tuple(part for part in parts if part)


__all__ = ["Outline", "Part", "join", "no_text", "outline", "parse", "parse_part"]
