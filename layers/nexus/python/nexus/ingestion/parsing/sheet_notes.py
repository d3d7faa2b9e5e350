"""Reads what lies over the cells of an XLSX sheet: text boxes, and the notes of single cells.

Each part is read once, while it is parsed, and no further than what is kept of it.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from xml.parsers import expat

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.hidden import left_out, struck_text
from nexus.ingestion.parsing.hidden_cells import HiddenCells
from nexus.ingestion.parsing.sheet_charts import ChartLinks, ChartTitle
from nexus.ingestion.parsing.sheet_drawings import Box, Drawing
from nexus.models import LocatedText, Locator, ReadingWarning

# What Excel puts before a conversation for programs that show notes only.
_THREADED = re.compile(r"^\[Threaded comment\].*?Comment:\s*", re.S)
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
# Of a whole workbook.
_MOST_NOTES = 10_000
_MOST_LETTERS = 4_000_000
_BLOCK = 64 * 1024
# Elements in one another: the parser keeps each that is open in memory.
_DEEPEST = 20_000


class SheetNotes:
    """The notes and text boxes of a workbook; `paths` names the part of each sheet."""

    def __init__(self, content: bytes, paths: Mapping[str, str], *, read_hidden: bool) -> None:
        self._paths, self._read_hidden = paths, read_hidden
        self._archive = zipfile.ZipFile(io.BytesIO(content)) if content[:2] == b"PK" else None
        names = self._archive.namelist() if self._archive else []
        self._names = {name.lower(): name for name in names}
        self._seen: set[str] = set()
        self._notes, self._letters = _MOST_NOTES, _MOST_LETTERS

    def of(
        self, sheet: str, unseen: HiddenCells, has_fills: Callable[[], bool]
    ) -> tuple[list[LocatedText], list[ReadingWarning]]:
        """What is written over the cells of a sheet that are not hidden, and what is left out.

        A note names its cell: "Note on C3: …". `has_fills` tells whether any cell is coloured.
        """
        said = _Said(sheet, unseen, self._read_hidden, self._notes, self._letters)
        folder, name = posixpath.split(self._paths.get(sheet, ""))
        related: list[tuple[str, str]] = []

        def relation(_: str, attributes: dict[str, str]) -> None:
            kind = attributes.get("Type", "").rpartition("/")[2]
            if kind in ("drawing", "comments") and attributes.get("TargetMode") != "External":
                target = posixpath.join("/", folder, attributes.get("Target", ""))
                related.append((kind, posixpath.normpath(target).lstrip("/")))

        self._parse(f"{folder}/_rels/{name}.rels", said, start=relation)
        for kind, path in related:
            if kind == "comments":
                comments = _Comments(said)
                self._parse(path, said, comments.start, comments.end, comments.data)
                said.is_struck |= comments.is_struck
            else:
                drawing = Drawing(said.box, has_fills, read_hidden=self._read_hidden)
                self._parse(path, said, drawing.start, drawing.end, drawing.data)
                self._charts(path, said)
                said.hidden += drawing.hidden
                said.is_struck |= drawing.is_struck
        self._notes, self._letters = said.notes_left, said.letters_left
        return said.texts, said.warnings()

    def _charts(self, drawing: str, said: _Said) -> None:
        """Takes the titles of the charts of a drawing; what they show stands in cells."""
        folder, name = posixpath.split(drawing)
        links = ChartLinks(folder)
        self._parse(f"{folder}/_rels/{name}.rels", said, links.start)
        for path in links.found:
            title = ChartTitle()
            self._parse(path, said, title.start, title.end, title.data)
            said.chart(title.text())

    def _parse(
        self,
        path: str,
        said: _Said,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        data: Callable[[str], None] | None = None,
    ) -> None:
        """Parses a part that was not parsed before, up to its end, a fault, or where it is cut."""
        name = self._names.get(path.lower(), "")
        if not name or self._archive is None or name in self._seen:
            return
        self._seen.add(name)
        parser = expat.ParserCreate()
        parser.buffer_text = True
        depth = 0

        def opens(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > _DEEPEST:
                raise _TooDeepError
            start(tag, attributes)

        def closes(tag: str) -> None:
            nonlocal depth
            depth -= 1
            if end:
                end(tag)

        parser.StartElementHandler = opens
        parser.EndElementHandler = closes
        parser.CharacterDataHandler = data
        try:
            with self._archive.open(name) as part:
                while block := part.read(_BLOCK):
                    parser.Parse(block)
            parser.Parse(b"", True)
        except _EnoughError:
            said.is_cut = True
        except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, OSError, _TooDeepError):
            said.is_damaged = True


class _EnoughError(Exception):
    """No more is kept."""


class _TooDeepError(Exception):
    """More elements are in one another than office programs write."""


class _Said:
    """What is said over one sheet, and what is left out of it."""

    def __init__(
        self, sheet: str, unseen: HiddenCells, read_hidden: bool, notes: int, letters: int
    ) -> None:
        self._sheet, self._unseen, self.shows_all = sheet, unseen, read_hidden
        self._rows, self._columns = sorted(unseen.rows), sorted(unseen.columns)
        self.notes_left, self.letters_left = notes, letters
        self.texts: list[LocatedText] = []
        self.hidden = 0
        self.is_struck = self.is_cut = self.is_damaged = False

    def box(self, box: Box) -> None:
        """Takes the text of a box."""
        text = "\n".join(filter(None, (squeeze(clean(line)) for line in box.text.split("\n"))))
        if _are_hidden(box.rows, self._rows) or _are_hidden(box.columns, self._columns):
            self._hide(text)
        else:
            self._add(text)

    def chart(self, title: str) -> None:
        """Takes the title of a chart."""
        if title := squeeze(clean(title)):
            self._add(f"Chart: {title}")

    def note(self, reference: str, text: str) -> None:
        """Takes the note of a cell."""
        text = _THREADED.sub("", squeeze(clean(text)))
        cell = _CELL.match(reference)
        if cell and (
            int(cell[2]) - 1 in self._unseen.rows or _column(cell[1]) in self._unseen.columns
        ):
            self._hide(text)
        elif text:
            self._add(f"Note on {reference[:20]}: {text}")

    def warnings(self) -> list[ReadingWarning]:
        """What is left out."""
        where = f"sheet {self._sheet}"
        found = []
        if self.hidden:
            some = f"{self.hidden} hidden notes or text boxes are"
            found.append(left_out(some if self.hidden > 1 else "a hidden note or text is", where))
        if self.is_struck:
            found.append(struck_text(where))
        if self.is_damaged:
            what = "damaged notes or text boxes are read as far as they go"
            advice = "Open the workbook in its own program, save it and upload it again."
            found.append(ReadingWarning(what, where, advice))
        if self.is_cut:
            what = f"not read: notes and text boxes beyond the workbook's first {_MOST_NOTES:,}"
            advice = "Write what matters of them into cells, or split the workbook."
            found.append(ReadingWarning(what, where, advice))
        return found

    def _hide(self, text: str) -> None:
        self.hidden += bool(text)

    def _add(self, text: str) -> None:
        if not text:
            return
        if not self.notes_left or len(text) > self.letters_left:
            raise _EnoughError
        self.notes_left -= 1
        self.letters_left -= len(text)
        self.texts.append(LocatedText(text, Locator(sheet=self._sheet)))


class _Comments:
    """Takes a parser's events of a part of notes, without what is struck out in them."""

    def __init__(self, said: _Said) -> None:
        self._said = said
        self.is_struck = False
        self._reference = ""
        self._text: list[str] | None = None
        self._run: list[str] = []
        self._is_text = self._is_run_struck = False
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "comment":
            self._reference, self._text = attributes.get("ref", ""), []
        elif tag == "rPh":
            self._phonetic += 1
        elif tag == "r":
            self._is_run_struck = False
        elif tag == "strike":
            self._is_run_struck = attributes.get("val", "1") not in ("0", "false")
        elif tag == "t":
            self._is_text = not self._phonetic

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag == "t":
            self._is_text = False
        elif tag == "rPh":
            self._phonetic -= 1
        elif tag in ("r", "text") and self._text is not None:
            if not self._is_run_struck or self._said.shows_all:
                self._text += self._run
            elif self._run:
                self.is_struck = True
            self._run, self._is_run_struck = [], False
        elif tag == "comment" and self._text is not None:
            text, self._text = "".join(self._text), None
            self._said.note(self._reference, text)

    def data(self, text: str) -> None:
        if self._is_text and self._text is not None:
            self._run.append(text)


def _are_hidden(cells: tuple[int, int] | None, unseen: list[int]) -> bool:
    """Whether all of the rows or columns from the first to the last are hidden."""
    if cells is None or not unseen:
        return False
    first, last = cells
    return bisect_right(unseen, last) - bisect_left(unseen, first) == last - first + 1


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
