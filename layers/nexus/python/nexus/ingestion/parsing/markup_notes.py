"""Puts the footnotes of a Markdown file below the text that refers to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from nexus.ingestion.parsing.markup_html import FENCE, code_spans

_NOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,60})\]:[ \t]*(.*)")
# What begins a list, a quote, a heading, code or HTML.
_BLOCK = re.compile(r"[-*+>#<]|\d{1,9}[.)]\s|```|~~~")
_MARK = re.compile(r"\[\^([^\]\s]{1,60})\]")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)|\s{0,3}<(?:h[1-6]|details|summary)\b", re.I)
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")


class Notes:
    """The footnotes of a file, each said once: below the first text that refers to it.

    `apart` are the lines of HTML that are read as such, or hidden: none of them is a note.
    `shown` leaves of a note what its page shows. A note that only a heading, HTML, another note or
    nothing refers to is left where it stands, under the heading that it may be about.
    """

    def __init__(
        self, lines: list[str], apart: Collection[int], shown: Callable[[str], str]
    ) -> None:
        """Takes the notes out of the lines, in which blank ones stand for them then.

        One that holds more than paragraphs (a table, a list, code) is left where it stands.
        """
        self._left: dict[str, list[str]] = {}
        self._shown = shown
        fence, name = "", ""
        taken: list[int] = []
        found_notes: dict[str, list[int]] = {}
        referred: set[str] = set()
        for at, line in enumerate([*lines, "# end"]):
            if name and at not in apart and self._goes_on(line, is_next=taken[-1] == at - 1):
                taken += [at] if line.strip() else []
                continue
            if name:
                found_notes[name] = taken
                name, taken = "", []
            if found := FENCE.match(line):
                fence = "" if fence and line.strip().startswith(fence) else fence or found[1]
            elif fence or at in apart:
                continue
            elif note := _NOTE.match(line):
                name, taken = ("", []) if note[1] in found_notes else (note[1], [at])
            elif "[^" in line and not _HEADING.match(line):
                is_heading = at + 1 < len(lines) and _UNDERLINE.match(lines[at + 1])
                referred.update(() if is_heading else _marks(line))
        for name, taken in found_notes.items():
            if name in referred:
                self._take(name, lines, taken)

    @staticmethod
    def _goes_on(line: str, *, is_next: bool) -> bool:
        """Whether a line belongs to the note above; a lazy one goes on with its paragraph."""
        if not line.strip() or line.startswith(("    ", "\t")):
            return True
        begins = _BLOCK.match(line.lstrip()) or _NOTE.match(line) or "|" in line
        return is_next and not begins

    def _take(self, name: str, lines: list[str], taken: list[int]) -> None:
        said = [lines[at].strip() for at in taken]
        if any(_BLOCK.match(line) or "|" in line for line in said[1:]):
            return
        said[0] = said[0].partition("]:")[2].strip()
        self._left[name] = said
        for at in taken:
            lines[at] = ""

    def below(self, text: str) -> str:
        """The text, and the notes that it refers to and that were not said before."""
        if not self._left or "[^" not in text:
            return text
        named = dict.fromkeys(name for name in _marks(text) if name in self._left)
        return "\n".join([text, *filter(None, map(self._said, named))])

    def rest(self) -> list[str]:
        """The notes that no text refers to."""
        return list(filter(None, map(self._said, list(self._left))))

    def _said(self, name: str) -> str:
        text = self._shown(" ".join(filter(None, self._left.pop(name))))
        return f"[^{name}]: {text}" if text.strip() else ""


def _marks(text: str) -> list[str]:
    """The names of the notes that a text refers to, but for those in code."""
    if "`" not in text:
        return _MARK.findall(text)
    spans = code_spans(text)
    begins, ends = [0, *(end for _, end in spans)], [*(at for at, _ in spans), len(text)]
    outside = zip(begins, ends, strict=True)
    return [name for begin, end in outside for name in _MARK.findall(text[begin:end])]
