"""Tells from what an element is given whether its text is seen: shown, of a size, on its ground.

What cannot be decided, such as a value that is computed, counts as seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nexus.ingestion.parsing.hidden import is_near_white

# The values that an element is given, by their properties.
Looks = Mapping[str, str]

_NUMBER = re.compile(r"(-?(?:\d++(?:\.\d++)?|\.\d++))(px|pt|rem|em|%|vw|vh)?")
# Letters up to so many dots or points, or of these shares of others', are not read. Pages may give
# their root letters of a hundred dots, to have parts of them for lengths.
_TINY = {"px": 2.99, "pt": 2.99, "em": 0.12, "rem": 0.02, "%": 12.0}
# Shares of tiny letters that may be read again.
_ENLARGED = {"em": 2.0, "%": 200.0}
# What is put so far away is off every screen; margins often take back a padding.
_FAR = {"px": 900.0, "pt": 700.0, "em": 90.0, "rem": 90.0, "%": 100.0, "vw": 100.0, "vh": 100.0}
_PLACED = ("absolute", "fixed", "relative", "sticky")
_LIFTED = ("absolute", "fixed")
_RECT = re.compile(r"rect\(\s*+((?:-?[\d.]++(?:px)?[\s,]*+){4})\)")
_INSET = re.compile(
    r"inset\(\s*+(?:[5-9]\d|100)(?:\.\d++)?%\s*+(?:round[^)]*+)?\)|circle\(\s*+0[^.\d]"
)
_NO_SCALE = re.compile(r"(?:\A|\s)scale(?:3d)?\(\s*+0(?:\.0++)?\s*+[,)]")
_NO_FILTER = re.compile(r"opacity\(\s*+0(?:\.0++)?%?\s*+\)")
_RGB = re.compile(r"rgba?\(\s{0,9}(\d{1,3})[\s,]{1,9}(\d{1,3})[\s,]{1,9}(\d{1,3})")
_HSL = re.compile(r"hsla?\([^,%\s]{1,20}[\s,]{1,9}[\d.]{1,9}%?[\s,]{1,9}([\d.]{1,9})%")
_LIGHT = 97.5
# Changes by and by of what does not hide.
_OF_COLOURS = re.compile(r"0|color|background|border|box-shadow|fill|outline|text-decoration")
_NO_ALPHA = re.compile(r"(?:rgba?|hsla?)\([^()]{1,60}[,/]\s{0,9}0(?:\.0{1,9})?%?\s{0,9}\)")
_CLEAR = {
    "none", "transparent", "inherit", "initial", "white", "unset", "revert", "revert-layer",
}  # fmt: skip
_GROUNDS = ("background-color", "background-image")
# What gives letters a shape beside their colour.
_DRAWN = ("text-shadow", "-webkit-text-fill-color", "-webkit-text-stroke")
# What may bring back what others hide, so that it counts wherever it may hold.
# A value that another may replace, on another screen or in another state.
UNSURE = "unsure"
# What elements within are given, too, if they are given nothing else.
INHERITED = ("visibility", "color", "font-size", "text-indent")
# Visibilities that give no letters, though elements within may have some again.
NO_LETTERS = ("hidden", "collapse")
_REVEALING = {
    *_GROUNDS,
    *_DRAWN,
    "animation",
    "transition",
    "flex",
    "flex-grow",
    "min-height",
    "padding-top",
    "padding-bottom",
}


def reveals(name: str, value: str) -> bool:
    """Whether a value may show what others hide, if only by being there."""
    return name in _REVEALING and value not in _CLEAR and not value.startswith("0")


def is_open(name: str, value: str) -> bool:
    """Whether it matters that another value may replace this: not where this one shows more."""
    if name.endswith(("height", "width")) and name != "min-height":
        return value.startswith("0")
    return not reveals(name, value)


def may_hide(looks: Looks) -> bool:
    """Whether text may not be seen, so that it matters what else an element may be given."""
    return bool(looks) and (
        is_none(looks)
        or looks.get("visibility") in NO_LETTERS
        or is_unreadable(looks)
        or is_unlettered(looks)
        or is_indented_away(looks)
        or is_struck(looks)
        or is_as_ground(looks)
        or _is_white(looks.get("color", ""))
    )


def is_none(looks: Looks, *, is_cell: bool = False) -> bool:
    """Whether nothing is shown of an element, whatever those within it say."""
    return looks.get("display") == "none" or is_cut_off(looks, is_cell=is_cell)


def is_cut_off(looks: Looks, *, is_cell: bool = False) -> bool:
    """Whether an element has no height or no width, and what is larger than it is cut off."""
    return (
        any(
            _number(looks, f"{of}{side}") == (0.0, "px")
            and looks.get(f"overflow-{way}") in ("hidden", "clip")
            for side, way in (("height", "y"), ("width", "x"))
            for of in ("", "max-")
        )
        and not _is_fitted(looks, is_cell=is_cell)
        and not _is_moved(looks)
        and not any(reveals(name, looks.get(name, "none")) for name in _REVEALING - {*_GROUNDS})
    )


def _is_fitted(looks: Looks, *, is_cell: bool) -> bool:
    """Whether no width is how an element is fitted into what there is, as columns of tables are."""
    has_width = is_cell or not looks.get("min-width", "0").startswith("0")
    return has_width and not _is_flat(looks)


def _is_flat(looks: Looks) -> bool:
    """Whether an element has no height, and what is larger than it is cut off."""
    is_cut = looks.get("overflow-y") in ("hidden", "clip")
    return is_cut and any(_number(looks, f"{of}height") == (0.0, "px") for of in ("", "max-"))


def is_unreadable(looks: Looks) -> bool:
    """Whether an element is not to be seen at all, or off the page; not if it may be moved."""
    if _is_moved(looks):
        return False
    return (
        _is_transparent(looks.get("opacity", "1"))
        or _NO_SCALE.search(looks.get("transform", "")) is not None
        or _NO_FILTER.search(looks.get("filter", "")) is not None
        or (not _is_read_out(looks) and (_is_clipped(looks) or _is_far(looks)))
    )


def _is_moved(looks: Looks) -> bool:
    """Whether an element is changed by and by, as scripts have it shown."""
    change = looks.get("transition", "none")
    return looks.get("animation", "none") not in _CLEAR or (
        change not in _CLEAR and _OF_COLOURS.match(change) is None
    )


def _is_transparent(value: str) -> bool:
    match = _NUMBER.fullmatch(value)
    return match is not None and abs(float(match[1])) < 0.005


def _is_read_out(looks: Looks) -> bool:
    """Whether text is for those who have pages read to them: in a box of one dot, cut off."""
    sides = (_number(looks, "width"), _number(looks, "height"))
    return (
        all(side is not None and side[0] <= 1 and side[1] == "px" for side in sides)
        and looks.get("overflow-y") in ("hidden", "clip", UNSURE)
        and looks.get("position") in (*_LIFTED, UNSURE)
    )


def _is_clipped(looks: Looks) -> bool:
    if _INSET.search(looks.get("clip-path", "")) is not None:
        return True
    rect = _RECT.fullmatch(looks.get("clip", ""))
    if rect is None or looks.get("position") not in _LIFTED:
        return False
    top, right, bottom, left = map(_float, re.split(r"[\s,]+", rect[1].strip(" ,"))[:4])
    return right - left <= 1 or bottom - top <= 1


def _float(value: str) -> float:
    try:
        return float(value.removesuffix("px"))
    except ValueError:
        return 1e9


def _is_far(looks: Looks) -> bool:
    if looks.get("position") in _PLACED and any(
        _is_beyond(looks, side) for side in ("left", "right", "top", "bottom")
    ):
        return True
    is_padded = any(reveals(name, looks.get(name, "none")) for name in _REVEALING - {*_GROUNDS})
    return not is_padded and any(
        _is_beyond(looks, name) and not looks[name].endswith("%")  # as columns that float have it
        for name in ("margin-left", "margin-top")
    )


def _is_beyond(looks: Looks, name: str) -> bool:
    found = _number(looks, name)
    return found is not None and -found[0] >= _FAR[found[1]]


def is_indented_away(looks: Looks) -> bool:
    """Whether text begins so far to the left that it is off the page."""
    return _is_beyond(looks, "text-indent")


def _number(looks: Looks, name: str) -> tuple[float, str] | None:
    """A length and its unit; None if there is none or it is computed. Without a unit it is dots."""
    match = _NUMBER.fullmatch(looks.get(name, ""))
    return (float(match[1]), match[2] or "px") if match else None


def is_unlettered(looks: Looks) -> bool:
    """Whether letters are given a size that nobody reads."""
    size = _number(looks, "font-size")
    if size is None:
        return False
    return size[0] <= _TINY.get(size[1], 0.0)


def is_relettered(looks: Looks) -> bool:
    """Whether letters are given a size of their own again, not a small share of that around."""
    value = looks.get("font-size", "inherit")
    if value in ("inherit", "unset", "smaller", "larger"):
        return False
    size = _number(looks, "font-size")
    if size is not None and size[1] in _ENLARGED:
        return size[0] >= _ENLARGED[size[1]]
    return not is_unlettered(looks)


def is_struck(looks: Looks) -> bool:
    """Whether a line is drawn through the letters."""
    return "line-through" in looks.get("text-decoration-line", "")


def is_as_ground(looks: Looks) -> bool:
    """Whether letters have the very colour that is behind them."""
    own = _rgb(looks.get("color", ""))
    is_plain = _rgb(looks.get("background-image", "")) == own or "background-image" not in looks
    return own is not None and is_plain and _rgb(looks.get("background-color", "")) == own


def is_white(looks: Looks) -> bool:
    """Whether letters are white or clear, without a ground or another shape of their own."""
    return (
        _is_white(looks.get("color", ""))
        and not is_backed(looks)
        and not any(looks.get(name, "none") not in _CLEAR for name in _DRAWN)
    )


def is_coloured(looks: Looks) -> bool:
    """Whether letters are given a colour of their own that may be seen."""
    return is_recoloured(looks) and not _is_white(looks["color"])


def is_recoloured(looks: Looks) -> bool:
    """Whether letters are given any colour of their own."""
    return looks.get("color", "inherit") not in ("inherit", "unset", "currentcolor")


def is_backed(looks: Looks) -> bool:
    """Whether a ground is drawn that is not white, or that may be: letters may lie on a picture."""
    return looks.get("position") in (*_LIFTED, UNSURE) or any(
        value not in _CLEAR and not _is_white(value)
        for value in (looks[name] for name in _GROUNDS if name in looks)
    )


def _rgb(value: str) -> tuple[int, ...] | None:
    """A colour in figures; None for one by its name."""
    if match := _RGB.match(value):
        return tuple(map(int, match.groups())) if not value.startswith("rgba") else None
    if re.fullmatch("#[0-9a-f]{3}", value):
        value = "#" + "".join(letter * 2 for letter in value[1:])
    if re.fullmatch("#[0-9a-f]{6}", value):
        return tuple(int(value[at : at + 2], 16) for at in (1, 3, 5))
    return None


def _is_white(value: str) -> bool:
    if _NO_ALPHA.match(value):
        return True
    if match := _RGB.match(value):
        return all(int(part) >= 0xF8 for part in match.groups())
    if match := _HSL.match(value):
        return float(match[1]) >= _LIGHT
    if value.startswith("#"):
        if len(value) in (4, 5):
            value = "#" + "".join(letter * 2 for letter in value[1:])
        if len(value) == 9:  # what is white or clear behind letters leaves them unseen
            return value.endswith("00") or is_near_white(value[:7])
    return value in ("white", "transparent") or is_near_white(value)
