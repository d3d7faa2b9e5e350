"""Writes Word's symbols, boxes to tick and chosen entries as the characters that a page shows."""

from __future__ import annotations

from typing import Any

from nexus.ingestion.parsing.word_xml import W, is_on, number, run_of, runs, value

_GREEK = dict(zip("abgdezhqiklmnxoprstufcyw", "αβγδεζηθικλμνξοπρστυφχψω", strict=True))
_GREEK |= {letter.upper(): greek.upper() for letter, greek in _GREEK.items()}
_FONTS = {
    "wingdings": {
        "þ": "☑", "ý": "☒", "x": "☒", "¨": "☐", "o": "☐", "q": "☐", "ü": "✓", "û": "✗",
        "§": "▪", "Ø": "➢", "l": "●", "n": "■", "à": "→", "v": "❖", "J": "☺", "(": "☎", "*": "✉",
    },
    "wingdings 2": {
        "R": "☑", "T": "☒", "S": "☒", "Q": "☒", "£": "☐", "P": "✓", "O": "✗", "V": "☒",
    },
    "webdings": {"a": "✓", "r": "✗", "c": "☐", "g": "■"},
    "symbol": {
        **_GREEK, "·": "•", "±": "±", "³": "≥", "£": "≤", "´": "×", "¸": "÷", "°": "°", "¥": "∞",
        "®": "→", "¹": "≠", "»": "≈", "Ö": "√", "å": "∑", "ò": "∫", "¶": "∂", "Î": "∈",
    },
}  # fmt: skip
_PRIVATE = 0xF000


def shown(text: str, font: str) -> str:
    """The text in a font of symbols as characters of their own; in any other font as it is."""
    signs = _FONTS.get(font.lower())
    if signs is None:
        return text
    plain = (chr(ord(one) - _PRIVATE) if _PRIVATE <= ord(one) <= 0xF0FF else one for one in text)
    return "".join(signs.get(one, one if one.isspace() else "") for one in plain)


def write_marks(root: Any) -> None:
    """Writes what stands below `root` as symbols, ticked boxes and chosen entries into its runs."""
    for symbol in list(root.iter(f"{W}sym")):
        code = symbol.get(f"{W}char", "")
        try:
            letter = chr(int(code[:6], 16))
        except ValueError:
            continue
        _replace(symbol, shown(letter, symbol.get(f"{W}font", "")))
    for fonts in list(root.iter(f"{W}rFonts")):
        name = fonts.get(f"{W}ascii", "")
        run = fonts.getparent().getparent()
        if name.lower() in _FONTS and run is not None and run.tag == f"{W}r":
            for text in run.iterchildren(f"{W}t"):
                text.text = shown(text.text or "", name)
    for data in list(root.iter(f"{W}ffData")):
        _write_field(data)


def _replace(symbol: Any, text: str) -> None:
    run = run_of(symbol, text)
    symbol.getparent().replace(symbol, run.find(f"{W}t"))


def _write_field(data: Any) -> None:
    """A box or list of a form is drawn by Word itself: its field has no text."""
    begin = data.getparent()
    box, choices = data.find(f"{W}checkBox"), data.find(f"{W}ddList")
    if box is not None:
        ticked = is_on(box, f"{W}checked")
        ticked = is_on(box, f"{W}default") if ticked is None else ticked
        text = "☒" if ticked else "☐"
    elif choices is not None:
        entries = [entry.get(f"{W}val", "") for entry in choices.iterchildren(f"{W}listEntry")]
        chosen = number(choices, f"{W}result") or number(choices, f"{W}default") or 0
        text = entries[chosen] if chosen < len(entries) else ""
    else:
        return
    begin.addnext(run_of(begin, text).find(f"{W}t"))


def superscripts(root: Any) -> None:
    """Writes raised digits as such, so that 10³ is not read as 103."""
    for paragraph in root.iter(f"{W}p"):
        for run in runs(paragraph):
            if value(run, f"{W}rPr/{W}vertAlign") != "superscript":
                continue
            for text in run.iterchildren(f"{W}t"):
                text.text = raised(text.text or "")


def raised(text: str) -> str:
    """Digits and signs as superscripts; any other text as it is."""
    if text and all(letter in _RAISED for letter in text):
        return "".join(_RAISED[letter] for letter in text)
    return text


_RAISED = dict(zip("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻", strict=True))
