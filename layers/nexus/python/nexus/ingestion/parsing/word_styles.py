"""Tells what Word's styles say of a paragraph or run, each style with those it is based on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nexus.ingestion.parsing.word_xml import W, number, value

_HEADING = re.compile(r"heading (\d)$", re.I)
_LONGEST_CHAIN = 20


class Styles:
    """The styles of a document; `root` is the parsed styles part."""

    def __init__(self, root: Any) -> None:
        self._styles = {style.get(f"{W}styleId"): style for style in root.iterchildren(f"{W}style")}
        self.defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._default_paragraph = next(
            (
                name
                for name, style in self._styles.items()
                if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") == "1"
            ),
            None,
        )
        self.levels = self._heading_levels()
        self._runs: dict[str | None, list[Any]] = {None: []}

    def chain(self, style_id: str | None) -> Iterator[Any]:
        """The style with this id, and then what it is based on."""
        for _ in range(_LONGEST_CHAIN):
            style = self._styles.get(style_id)
            if style is None:
                return
            yield style
            style_id = value(style, f"{W}basedOn")

    def of_runs(self, style_id: str | None) -> list[Any]:
        """What a style says of the runs in it, the nearest first."""
        if style_id not in self._runs:
            found = (style.find(f"{W}rPr") for style in self.chain(style_id))
            self._runs[style_id] = [one for one in found if one is not None]
        return self._runs[style_id]

    def of_paragraph(self, paragraph: Any) -> str | None:
        """The id of a paragraph's style."""
        return value(paragraph, f"{W}pPr/{W}pStyle") or self._default_paragraph

    def level(self, paragraph: Any) -> int | None:
        """The level of a heading from 1, 0 of the document's title, None of any other paragraph."""
        outline = number(paragraph, f"{W}pPr/{W}outlineLvl")
        if outline is not None and outline < 9:
            return outline + 1
        return self.levels.get(value(paragraph, f"{W}pPr/{W}pStyle") or "")

    def _heading_levels(self) -> dict[str, int]:
        levels: dict[str, int] = {}
        for style_id, style in self._styles.items():
            words = value(style, f"{W}name") or ""
            if match := _HEADING.match(words):
                levels[style_id] = int(match[1])
            elif words.lower() == "title":
                levels[style_id] = 0
            elif (outline := number(style, f"{W}pPr/{W}outlineLvl")) is not None:
                levels[style_id] = outline + 1
        for style_id, style in self._styles.items():
            base = value(style, f"{W}basedOn")
            if base and levels.get(base):
                levels.setdefault(style_id, levels[base])
        return {style_id: level for style_id, level in levels.items() if level <= 9}
