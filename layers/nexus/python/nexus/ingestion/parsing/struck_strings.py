"""Finds what is struck out within the cells of an XLSX file, whose texts are runs of letters.

What is not in a run of its own looks as its whole cell does (ECMA-376 part 1, 18.4).
"""

from __future__ import annotations

from xml.parsers import expat


def struck_strings(part: bytes) -> dict[bytes, str]:
    """What is left of a workbook's shared strings in which runs are struck out, by their number."""
    if b"strike" not in part:
        return {}
    return {str(number).encode(): text for number, text in _Strings("si").read(part).items()}


def unstruck(inline: bytes) -> str | None:
    """What is left of a cell's own string; None if nothing in it is struck out."""
    begin, end = inline.find(b"<is"), inline.rfind(b"</is>")
    if b"strike" not in inline or not 0 <= begin < end:
        return None
    return _Strings("is").read(inline[begin : end + 5]).get(0)


class _Strings:
    """What the parser tells of strings, element by element."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._number = -1
        self._found: dict[int, str] = {}
        self._kept: list[str] = []
        self._is_text = self._is_struck = self._has_struck = False
        self._is_spelled = 0

    def read(self, part: bytes) -> dict[int, str]:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(part, True)
        except expat.ExpatError:
            return {}
        return self._found

    def _begin(self, name: str, given: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == self._name:
            self._number += 1
            self._kept, self._has_struck = [], False
        elif name == "r":
            self._is_struck = False
        elif name == "rPh":  # how it is spoken
            self._is_spelled += 1
        elif name == "strike":
            self._is_struck = given.get("val", "1") not in ("0", "false")
        self._is_text = name == "t"

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self._is_text = False
        if name == "r":
            self._is_struck = False
        elif name == "rPh":
            self._is_spelled -= 1
        elif name == self._name and self._has_struck:
            self._found[self._number] = "".join(self._kept)

    def _text(self, text: str) -> None:
        if not self._is_text or self._is_spelled:
            return
        if self._is_struck:
            self._has_struck = self._has_struck or bool(text.strip())
        else:
            self._kept.append(text)
