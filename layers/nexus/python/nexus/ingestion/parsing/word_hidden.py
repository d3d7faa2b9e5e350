"""Takes out of a Word document what its author hid or struck out.

Hidden is hidden, tiny, and white text on white.

What the file does not say for certain, such as what lies behind a text box, counts as visible.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from nexus.ingestion.parsing.hidden import is_near_white
from nexus.ingestion.parsing.word_styles import Styles
from nexus.ingestion.parsing.word_xml import W, is_on, number, remove, runs, value

# Half points: nobody reads letters of two points.
_TINY = 4
# The theme's colours that a page has.
_PAPER = ("background1", "light1")
# The mark of a paragraph that stood in a text box, whose filling may be of any colour.
IN_BOX = "in-box"


class TakenOut(NamedTuple):
    """In how many paragraphs text was hidden, and whether any was struck out."""

    hidden: int
    is_struck: bool


def take_out(root: Any, styles: Styles) -> TakenOut:
    """Removes the runs below `root` that are hidden or struck out."""
    found, is_struck = 0, False
    for paragraph in root.iter(f"{W}p"):
        style = styles.of_paragraph(paragraph)
        before = found
        for run in runs(paragraph):
            if not _may_hide(run, style, styles):
                continue
            given = _given(run, style, styles)
            struck = any(_first_on(given, name) for name in ("strike", "dstrike"))
            if struck or _is_hidden(given, paragraph, style, styles):
                if any((text.text or "").strip() for text in run.iter(f"{W}t")):
                    is_struck = is_struck or struck
                    found = found if struck else before + 1
                remove(run)
    return TakenOut(found, is_struck)


def _may_hide(run: Any, style: str | None, styles: Styles) -> bool:
    """Whether anything at all is said of how a run looks."""
    return run.find(f"{W}rPr") is not None or bool(styles.of_runs(style)) or _defaults_hide(styles)


def _defaults_hide(styles: Styles) -> bool:
    defaults = styles.defaults
    return defaults is not None and any(
        defaults.find(f"{W}{name}") is not None for name in ("vanish", "color", "strike", "dstrike")
    )


def _given(run: Any, style: str | None, styles: Styles) -> list[Any]:
    """What is said of how a run looks, the nearest first."""
    properties = run.find(f"{W}rPr")
    own = [] if properties is None else [properties]
    named = None if properties is None else value(properties, f"{W}rStyle")
    return [
        *own,
        *styles.of_runs(named),
        *styles.of_runs(style),
        *([] if styles.defaults is None else [styles.defaults]),
    ]


def _first_on(given: list[Any], name: str) -> bool:
    return next((on for one in given if (on := is_on(one, f"{W}{name}")) is not None), False)


def _is_hidden(given: list[Any], paragraph: Any, style: str | None, styles: Styles) -> bool:
    if _first_on(given, "vanish"):
        return True
    size = next((n for one in given if (n := number(one, f"{W}sz")) is not None), None)
    if size is not None and size <= _TINY:
        return True
    colour = next((c for one in given if (c := one.find(f"{W}color")) is not None), None)
    if colour is None:
        return False
    if _is_as_its_ground(colour, given, paragraph):
        return True
    if not _is_white(colour):
        return False
    return not any(_is_filled(one) for one in given) and _is_on_white(paragraph, style, styles)


def _is_as_its_ground(colour: Any, given: list[Any], paragraph: Any) -> bool:
    """Whether letters have the colour that their run, paragraph or cell is filled with."""
    if colour.get(f"{W}themeColor") or any(value(one, f"{W}highlight") for one in given):
        return False
    cell = next(paragraph.iterancestors(f"{W}tc"), None)
    around = [paragraph.find(f"{W}pPr"), None if cell is None else cell.find(f"{W}tcPr")]
    for one in (*given, *around):
        shading = None if one is None else one.find(f"{W}shd")
        if shading is None or shading.get(f"{W}fill", "auto") == "auto":
            continue
        is_plain = shading.get(f"{W}val", "clear") == "clear" and not shading.get(f"{W}themeFill")
        return bool(
            is_plain and shading.get(f"{W}fill").upper() == colour.get(f"{W}val", "").upper()
        )
    return False


def _is_white(colour: Any) -> bool:
    """Whether a colour is that of paper; what the theme says goes before the value."""
    themed = colour.get(f"{W}themeColor")
    if themed and not colour.get(f"{W}themeShade"):
        return themed in _PAPER
    return is_near_white(colour.get(f"{W}val", "auto"))


def _is_filled(properties: Any) -> bool:
    """Whether something darker than white is drawn behind the text."""
    if value(properties, f"{W}highlight") not in (None, "none", "white"):
        return True
    shading = properties.find(f"{W}shd")
    if shading is None:
        return False
    fill = shading.get(f"{W}fill", "auto")
    themed = shading.get(f"{W}themeFill") is not None
    patterned = shading.get(f"{W}val", "clear") not in ("clear", "nil")
    return themed or patterned or not (fill == "auto" or is_near_white(fill))


def _is_on_white(paragraph: Any, style: str | None, styles: Styles) -> bool:
    if paragraph.get(IN_BOX) is not None:
        return False
    around = [paragraph.find(f"{W}pPr"), *(one.find(f"{W}pPr") for one in styles.chain(style))]
    for parent in paragraph.iterancestors():
        if parent.tag == f"{W}tc":
            around.append(parent.find(f"{W}tcPr"))
        elif parent.tag == f"{W}tbl":
            around.append(parent.find(f"{W}tblPr"))
            for of_table in styles.chain(value(parent, f"{W}tblPr/{W}tblStyle")):
                if any(_is_filled(shading.getparent()) for shading in of_table.iter(f"{W}shd")):
                    return False
        elif parent.tag == f"{W}document" and parent.find(f"{W}background") is not None:
            return False
    return not any(_is_filled(one) for one in around if one is not None)
