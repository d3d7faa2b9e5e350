"""As what a document's content is given to a browser: shown, or only saved.

The type is this table's, never what an uploader said: a page or a drawing of somebody else's would
run as the bucket's own. What is not here is saved as bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

BYTES = "application/octet-stream"
_TEXT = "text/plain; charset=utf-8"
_OFFICE = "application/vnd.openxmlformats-officedocument"

_SHOWN = {
    "pdf": "application/pdf",
    **dict.fromkeys(("txt", "md", "markdown", "rst", "csv", "tsv", "log"), _TEXT),
    "png": "image/png",
    **dict.fromkeys(("jpg", "jpeg"), "image/jpeg"),
    "gif": "image/gif",
    "webp": "image/webp",
}
_SAVED = {
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
}


@dataclass(frozen=True, slots=True)
class ServedType:
    """A media type, and whether a browser may show the content itself."""

    media_type: str
    inline: bool


def served_type(path: str) -> ServedType:
    """As what the content at a path is given."""
    named, _, ending = path.rpartition("/")[2].lower().rpartition(".")
    if not named:
        return ServedType(BYTES, inline=False)
    if ending in _SHOWN:
        return ServedType(_SHOWN[ending], inline=True)
    return ServedType(_SAVED.get(ending, BYTES), inline=False)
