"""Says of pictures, and of what else is drawn, that no text was read from them."""

from __future__ import annotations

from nexus.models import ReadingWarning

# English metric units of an office file: 360,000 a centimetre.
_EMU = 360_000
# Square centimetres from which a picture is more than a logo or an icon.
_LARGE = 60
_ADVICE = {
    "picture": "If it shows text, upload the text itself, or a scan after text recognition (OCR).",
    "chart": "Put its numbers into a table, and upload the document again.",
    "diagram": "Write what it says into the text, and upload the document again.",
}


def unread(what: str, where: str) -> ReadingWarning:
    """The warning that `what`, such as "a picture is", is not read."""
    kind = next((kind for kind in _ADVICE if kind in what), "picture")
    return ReadingWarning(f"{what} not read", where, _ADVICE[kind])


def is_large(width: str, height: str) -> bool:
    """Whether a picture of this size, in EMU, may well hold text."""
    if not all(side.isascii() and side.isdigit() and len(side) <= 12 for side in (width, height)):
        return False
    return int(width) * int(height) >= _LARGE * _EMU * _EMU
