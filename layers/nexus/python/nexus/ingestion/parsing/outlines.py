"""What is known of a document before it is read: its format, and the parts it is read in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a document that is read on its own, whatever became of the others.

    `number` counts from 0. `start` and `end` (exclusive) are pages of a PDF or a picture, counted
    from 0, and bytes of any other file. `row` is the number of the first row, from 1. `bookmarks`
    are those of a PDF that head the part, as (level, title, page from 1).
    """

    number: int
    start: int
    end: int
    row: int = 1
    bookmarks: tuple[tuple[int, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """All that reading a part needs beside the part itself and the document's bytes.

    `format` names the module of this package that reads it and `size` is in bytes. `title` and
    `pages` are None and 0 where only reading tells. `encoding` is "" for a file that is read as one
    part, which decides for itself; a table in several parts has its `delimiter`, its column names
    in `header`, and whether its quotes are `quoted` cells or text. What files within the document
    may be together, and unpack to, is `inner_bytes` and `unpacked_bytes`. `ocr` says whether text
    is recognised in pictures, and `read_hidden` asks for what the author hid, too. Both values go
    through JSON.
    """

    format: str
    size: int
    title: str | None = None
    pages: int = 0
    encoding: str = ""
    delimiter: str = ""
    quoted: bool = True
    header: tuple[str, ...] = ()
    inner_bytes: int = 0
    unpacked_bytes: int = 0
    ocr: bool = False
    parts: tuple[Part, ...] = ()
    read_hidden: bool = False

    def is_whole(self, part: Part) -> bool:
        """Whether the part is the whole document."""
        extent = self.pages if self.format in ("pdf", "picture") else self.size
        return part.end - part.start == extent
