"""Keeps the path of headings while a parser walks through a document."""

from __future__ import annotations

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.table_lines import cleaned_rows
from nexus.models import LocatedText, Locator


class Sections:
    """Collects texts, each with the headings above it, outermost first.

    A heading with nothing under it is kept as a text of its own, so that no word is lost.
    """

    def __init__(self) -> None:
        self.texts: list[LocatedText] = []
        self._open: list[tuple[int, str]] = []
        self._bare = False

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above the next text."""
        return tuple(title for _, title in self._open)

    def heading(self, level: int, title: str) -> None:
        """Begins a section; `level` 1 is the outermost."""
        title = squeeze(clean(title))
        if not title:
            return
        if self._open and level <= self._open[-1][0]:
            self._keep_bare()
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        self._open.append((level, title))
        self._bare = True

    def close(self, level: int) -> None:
        """Ends the sections of this level and deeper ones."""
        if self._open and self._open[-1][0] >= level:
            self._keep_bare()
        while self._open and self._open[-1][0] >= level:
            self._open.pop()

    def text(self, text: str, row: int | None = None) -> None:
        """Adds a text of the current section; an empty one is ignored."""
        rows = cleaned_rows(text)
        if text := clean(text):
            self._bare = False
            self.texts.append(LocatedText(text, Locator(heading=self.path, row=row), rows))

    def finish(self) -> tuple[LocatedText, ...]:
        """All texts in reading order."""
        self._keep_bare()
        return tuple(self.texts)

    def _keep_bare(self) -> None:
        if self._bare:
            self.text(self._open[-1][1])
            self._bare = False
