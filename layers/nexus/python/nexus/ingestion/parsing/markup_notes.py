"""Puts the footnotes of a Markdown file below the text that refers to them."""

from __future__ import annotations

import re

from nexus.ingestion.parsing.markup_html import FENCE

_NOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,60})\]:[ \t]*(.*)")
_MARK = re.compile(r"\[\^([^\]\s]{1,60})\]")


class Notes:
    """The footnotes of a file, each said once: below the first text that refers to it."""

    def __init__(self, lines: list[str]) -> None:
        """Takes the notes out of the lines, in which blank ones stand for them then."""
        self._left: dict[str, list[str]] = {}
        fence, name = "", ""
        for at, line in enumerate(lines):
            if found := FENCE.match(line):
                fence = "" if fence and line.strip().startswith(fence) else fence or found[1]
                name = ""
                continue
            if fence:
                continue
            if (note := _NOTE.match(line)) and note[1] not in self._left:
                name = note[1]
                self._left[name] = [note[2].strip()]
            elif name and line.startswith(("    ", "\t")):
                self._left[name].append(line.strip())
            elif not line.strip():
                continue
            else:
                name = ""
                continue
            lines[at] = ""

    def below(self, text: str) -> str:
        """The text, and the notes that it refers to and that were not said before."""
        if not self._left or "[^" not in text:
            return text
        named = dict.fromkeys(name for name in _MARK.findall(text) if name in self._left)
        return "\n".join([text, *(_said(name, self._left.pop(name)) for name in named)])

    def rest(self) -> list[str]:
        """The notes that no text refers to."""
        return [_said(name, said) for name, said in self._left.items()]


def _said(name: str, lines: list[str]) -> str:
    return f"[^{name}]: {' '.join(filter(None, lines))}"
