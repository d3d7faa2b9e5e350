"""Reads the text boxes over an XLSX sheet while its drawing is parsed, without what is hidden.

What lies behind a text is often drawn by a cell or a picture: white letters count as hidden only
where nothing but white can be behind them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nexus.ingestion.parsing.hidden import is_near_white

_SHAPES = {"sp", "pic", "graphicFrame", "cxnSp", "grpSp", "contentPart"}
_FILLS = {"solidFill", "gradFill", "blipFill", "pattFill", "grpFill"}
_ANCHORS = {"twoCellAnchor", "oneCellAnchor", "absoluteAnchor"}
_OFFSETS = {"col", "row", "colOff", "rowOff"}
# Hundredths of a point, as nobody reads letters of two points; thousandths of a per cent.
_TINY = 200
_CLEAR = 5_000
_Corner = dict[str, int]


@dataclass(frozen=True, slots=True)
class Box:
    """The text of a text box, and the cells that it lies over; None if it lies over none."""

    text: str
    rows: tuple[int, int] | None
    columns: tuple[int, int] | None


@dataclass(slots=True)
class _Shape:
    is_hidden: bool
    fill: str = ""
    is_white: bool = False
    has_style_fill: bool = False


@dataclass(slots=True)
class _Run:
    said: list[str] = field(default_factory=list)
    is_struck: bool = False
    is_white: bool = False
    is_tiny: bool = False
    is_clear: bool = False
    is_highlighted: bool = False
    is_outlined: bool = False


class Drawing:
    """Takes a parser's events and gives each text box to `take`.

    `has_fills` tells whether any cell below is coloured. `hidden` counts the boxes and letters that
    are left out because they are hidden, and `is_struck` whether any are struck out.
    """

    def __init__(
        self, take: Callable[[Box], None], has_fills: Callable[[], bool], *, read_hidden: bool
    ) -> None:
        self._take, self._has_fills, self._read_hidden = take, has_fills, read_hidden
        self.hidden = 0
        self.is_struck = False
        self._path: list[str] = []
        self._skipped = 0
        self._versions: list[int] = []
        self._shapes: list[_Shape] = []
        self._anchor, self._edit_as = "", ""
        self._corners: dict[str, _Corner] = {}
        self._data: list[str] | None = None
        self._run: _Run | None = None
        self._lines: list[str] | None = None
        self._line: list[str] = []
        self._is_something_drawn = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skipped:
            self._skipped += 1
            return
        tag = name.rpartition(":")[2]
        parent = self._path[-1] if self._path else ""
        if parent == "AlternateContent" and self._versions:
            self._versions[-1] += 1
            if self._versions[-1] > 1:  # the same content for other programs
                self._skipped = 1
                return
        self._path.append(tag)
        if tag == "AlternateContent":
            self._versions.append(0)
        elif tag in _ANCHORS:
            self._anchor, self._corners = tag, {}
            self._edit_as = attributes.get("editAs", "twoCell" if tag == "twoCellAnchor" else "")
        elif tag in _OFFSETS and parent in ("from", "to"):
            self._data = []
        elif tag in _SHAPES:
            self._shapes.append(_Shape(bool(self._shapes) and self._shapes[-1].is_hidden))
            self._is_something_drawn |= tag in ("pic", "graphicFrame", "contentPart")
        elif self._lines is not None:
            self._in_text(tag, parent, attributes)
        elif self._shapes or tag == "txBody":
            self._of_shape(tag, parent, attributes)

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        tag = name.rpartition(":")[2]
        self._path.pop()
        if tag == "AlternateContent":
            self._versions.pop()
        elif tag in _OFFSETS and self._data is not None:
            number = "".join(self._data).strip()[:9]
            is_number = number.isascii() and number.isdigit()
            self._corners.setdefault(self._path[-1], {})[tag] = int(number) if is_number else 0
            self._data = None
        elif tag in _SHAPES:
            shape = self._shapes.pop()
            self._is_something_drawn |= bool(
                (shape.fill in _FILLS and not shape.is_white)
                or (shape.has_style_fill and not shape.fill)
            )
        elif self._lines is not None:
            self._end_in_text(tag)

    def data(self, text: str) -> None:
        if self._skipped:
            return
        if self._data is not None:
            self._data.append(text)
        elif self._run is not None and self._path[-1] == "t":
            self._run.said.append(text)

    def _of_shape(self, tag: str, parent: str, attributes: dict[str, str]) -> None:
        if tag == "txBody":
            self._lines = []
            return
        shape = self._shapes[-1]
        if tag == "cNvPr":
            shape.is_hidden |= attributes.get("hidden") in ("1", "true")
        elif parent == "spPr" and (tag in _FILLS or tag == "noFill"):
            shape.fill = tag
        elif tag == "fillRef":
            shape.has_style_fill = attributes.get("idx", "0") != "0"
        elif parent == "solidFill" and self._path[-3] == "spPr":
            shape.is_white = _is_white(tag, attributes)
        elif self._path[-4:-2] == ["spPr", "solidFill"]:
            shape.is_white = False  # darker or clearer than its colour

    def _in_text(self, tag: str, parent: str, attributes: dict[str, str]) -> None:
        if tag in ("r", "fld"):
            self._run = _Run()
        elif tag == "br":
            self._line.append("\n")
        elif (run := self._run) is None:
            return
        elif tag == "rPr":
            run.is_struck = attributes.get("strike", "noStrike") != "noStrike"
            size = attributes.get("sz", "")
            run.is_tiny = size.isascii() and size.isdigit() and int(size[:6]) <= _TINY
        elif tag == "highlight":
            run.is_highlighted = True
        elif self._path[-3:-1] == ["rPr", "ln"]:
            run.is_outlined = tag != "noFill"
        elif parent == "solidFill" and self._path[-3] == "rPr":
            run.is_white = _is_white(tag, attributes)
        elif self._path[-4:-2] == ["rPr", "solidFill"]:
            run.is_white = False
            clear = attributes.get("val", "") if tag == "alpha" else ""
            run.is_clear |= clear.isascii() and clear.isdigit() and int(clear[:7]) <= _CLEAR

    def _end_in_text(self, tag: str) -> None:
        if tag in ("r", "fld") and self._run is not None:
            text, run, self._run = "".join(self._run.said), self._run, None
            if self._read_hidden or not text.strip():
                self._line.append(text)
            elif run.is_struck:
                self.is_struck = True
            elif run.is_tiny or self._is_unseen(run):
                self.hidden += 1
            else:
                self._line.append(text)
        elif tag == "p" and self._lines is not None:
            self._lines.append("".join(self._line))
            self._line = []
        elif tag == "txBody" and self._lines is not None:
            text, self._lines, self._line = "\n".join(self._lines), None, []
            if not text.strip():
                return
            if self._shapes and self._shapes[-1].is_hidden and not self._read_hidden:
                self.hidden += 1
                return
            self._take(Box(text, self._over("row"), self._over("col")))

    def _is_unseen(self, run: _Run) -> bool:
        """Whether letters have the colour of what is behind them, or none."""
        if run.is_outlined:
            return False
        return run.is_clear or (run.is_white and not run.is_highlighted and self._is_on_white())

    def _is_on_white(self) -> bool:
        """Whether a text has certainly nothing but white behind it."""
        if not self._shapes:
            return False
        shape = self._shapes[-1]
        if shape.fill in _FILLS:
            return shape.fill == "solidFill" and shape.is_white
        if (shape.has_style_fill and not shape.fill) or self._is_something_drawn:
            return False
        # Of a group, another shape may lie behind that is not read yet.
        if any(one.fill in _FILLS for one in self._shapes[-8:-1]):
            return False
        return not self._has_fills()

    def _over(self, kind: str) -> tuple[int, int] | None:
        """The first and the last row or column that a box takes its size from, or stands at."""
        begin = self._corners.get("from", {})
        if self._anchor not in _ANCHORS - {"absoluteAnchor"} or kind not in begin:
            return None
        if self._edit_as == "absolute":
            return None
        first = last = begin[kind]
        stop = self._corners.get("to", {})
        if self._edit_as == "twoCell" and kind in stop:
            last = max(stop[kind] - (stop.get(f"{kind}Off", 0) == 0), first)
        return first, last


def _is_white(tag: str, attributes: dict[str, str]) -> bool:
    value = attributes.get("val", "")
    if tag == "schemeClr":
        return value in ("bg1", "lt1")
    return tag == "srgbClr" and is_near_white(value)
