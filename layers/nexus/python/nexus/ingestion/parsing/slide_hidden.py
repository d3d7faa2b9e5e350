"""Tells what of a slide its author hid or struck out: shapes, letters, what lies off the slide.

What lies behind a text is often drawn by the layout or a picture: white letters count as hidden
only where nothing but a white background can be behind them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from nexus.ingestion.parsing.hidden import is_near_white
from nexus.ingestion.parsing.slide_text import A

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
# Hundredths of a point: nobody reads letters of two points.
_TINY = 200
# Thousandths of a per cent of opacity.
_CLEAR = 5_000
_OF_THE_TREE = {f"{_P}nvGrpSpPr", f"{_P}grpSpPr", f"{_P}extLst"}
_FILLS = {f"{A}{name}" for name in ("solidFill", "gradFill", "blipFill", "pattFill", "grpFill")}


def is_hidden(shape: Any, width: int, height: int) -> bool:
    """Whether a shape is switched off, or lies wholly off the slide of this size in EMU."""
    properties = next(shape._element.iter(f"{_P}cNvPr"), None)
    if properties is not None and properties.get("hidden") in ("1", "true"):
        return True
    # A placeholder without a place of its own stands where its layout has it: on the slide.
    place = shape._element.find(f"{_P}spPr/{A}xfrm")
    place = shape._element.find(f"{_P}xfrm") if place is None else place
    if place is None or _is_in_group(shape):
        return False
    corner, extent = place.find(f"{A}off"), place.find(f"{A}ext")
    if corner is None or extent is None:
        return False
    left, top = _whole(corner, "x"), _whole(corner, "y")
    is_beside = left >= width or left + _whole(extent, "cx") <= 0
    return is_beside or top >= height or top + _whole(extent, "cy") <= 0


def _whole(element: Any, name: str) -> int:
    text = element.get(name, "")
    return int(text[:12]) if text.removeprefix("-").isdecimal() and text.isascii() else 0


class TakenOut(NamedTuple):
    """Whether letters were hidden, and whether any were struck out."""

    hidden: bool
    is_struck: bool


def take_out(body: Any, is_on_white: Callable[[], bool]) -> TakenOut:
    """Removes from a `txBody` letters that nobody can read, or that are struck out.

    `is_on_white` is asked once, if letters are white.
    """
    hidden, is_struck, on_white = False, False, None
    shape = body.getparent()
    filled = None if shape is None else shape.find(f"{_P}spPr")
    ground = "" if filled is None else _colour(filled)
    for run in list(body.iter(f"{A}r", f"{A}fld")):
        properties = run.find(f"{A}rPr")
        if properties is None or not (run.findtext(f"{A}t") or "").strip():
            continue
        if properties.get("strike", "noStrike") != "noStrike":
            is_struck = True
            run.getparent().remove(run)
            continue
        size = properties.get("sz", "")
        is_tiny = size.isascii() and size.isdigit() and int(size[:6]) <= _TINY
        if not is_tiny and _is_white(properties):
            on_white = is_on_white() if on_white is None else on_white
        is_blank = _is_clear(properties) or (ground and _colour(properties) == ground)
        if is_tiny or is_blank or (on_white and _is_white(properties)):
            run.getparent().remove(run)
            hidden = True
    return TakenOut(hidden, is_struck)


def _is_clear(properties: Any) -> bool:
    """Whether letters are as good as transparent, and without an outline."""
    line = properties.find(f"{A}ln")
    if line is not None and line.find(f"{A}noFill") is None and len(line):
        return False
    if properties.find(f"{A}noFill") is not None:
        return line is None
    alpha = properties.find(f"{A}solidFill/*/{A}alpha")
    return alpha is not None and _whole(alpha, "val") <= _CLEAR


def _colour(properties: Any) -> str:
    """The plain colour that a shape or letters are filled with; "" if there is none."""
    colour = properties.find(f"{A}solidFill/{A}srgbClr")
    is_plain = colour is not None and not len(colour) and properties.find(f"{A}highlight") is None
    return colour.get("val", "").upper() if is_plain else ""


def is_on_white(shape: Any, slide: Any, others: list[Any]) -> bool:
    """Whether a shape certainly has nothing but the white background behind it."""
    properties = shape._element.find(f"{_P}spPr")
    if properties is None or any(child.tag in _FILLS for child in properties):
        return False
    if shape._element.find(f"{_P}style") is not None or _is_in_group(shape):
        return False
    if not all(_is_plain(one) for one in (slide, slide.slide_layout)):
        return False
    master = slide.slide_layout.slide_master
    return _is_plain(master) and not any(_overlaps(shape, other) for other in others)


def _is_plain(page: Any) -> bool:
    """Whether a slide, layout or master leaves the background white, and draws nothing on it."""
    background = page._element.find(f"{_P}cSld/{_P}bg")
    if background is not None:
        colours = [one.get("val", "") for one in background.iter(f"{A}srgbClr")]
        themed = [one.get("val", "") for one in background.iter(f"{A}schemeClr")]
        is_white = all(map(is_near_white, colours)) and set(themed) <= {"bg1", "lt1"}
        if not is_white or next(background.iter(f"{A}blip", f"{A}gradFill"), None) is not None:
            return False
    tree = page._element.find(f"{_P}cSld/{_P}spTree")
    if page._element.tag == f"{_P}sld" or tree is None:
        return True
    shapes = (one for one in tree if one.tag not in _OF_THE_TREE)
    return all(shape.find(f".//{_P}ph") is not None for shape in shapes)


def _overlaps(one: Any, other: Any) -> bool:
    if one.shape_id == other.shape_id:
        return False
    corners = [
        getattr(shape, name)
        for shape in (one, other)
        for name in ("left", "top", "width", "height")
    ]
    if None in corners:
        return True
    left, top, width, height, left2, top2, width2, height2 = map(int, corners)
    is_beside = left + width <= left2 or left2 + width2 <= left
    is_apart = is_beside or top + height <= top2 or top2 + height2 <= top
    return not (is_apart or _is_bare(other))


def _is_bare(shape: Any) -> bool:
    """Whether a shape is text and nothing behind it."""
    properties = shape._element.find(f"{_P}spPr")
    is_filled = properties is None or any(child.tag in _FILLS for child in properties)
    return not is_filled and bool(shape._element.find(f"{_P}style") is None)


def _is_in_group(shape: Any) -> bool:
    return bool(shape._element.getparent().tag == f"{_P}grpSp")


def _is_white(properties: Any) -> bool:
    if properties.find(f"{A}highlight") is not None:
        return False
    themed = properties.find(f"{A}solidFill/{A}schemeClr")
    if themed is not None:
        return themed.get("val") in ("bg1", "lt1") and not len(themed)
    colour = properties.find(f"{A}solidFill/{A}srgbClr")
    return colour is not None and is_near_white(colour.get("val", ""))
