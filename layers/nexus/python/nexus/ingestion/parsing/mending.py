"""Opens an office file of which a part is damaged: that part is read as far as it goes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import TypeVar

from nexus.models import ReadingWarning

T = TypeVar("T")

_ADVICE = "Open the file in its own program, save it as a new file and upload that."


def opened(content: bytes, open_file: Callable[[io.BytesIO], T]) -> tuple[T, list[ReadingWarning]]:
    """The opened file, and a warning for each part that was damaged.

    Raises what `open_file` does where mending does not help.
    """
    from lxml.etree import LxmlError

    try:
        return open_file(io.BytesIO(content)), []
    except LxmlError:
        mended, damaged = _mended(content)
        if not damaged:
            raise
        warnings = [
            ReadingWarning("a damaged part is read as far as it goes", f"part {name}", _ADVICE)
            for name in damaged
        ]
        return open_file(mended), warnings


def _mended(content: bytes) -> tuple[io.BytesIO, list[str]]:
    """The file with its parts well-formed, and the names of those that were not."""
    from lxml import etree

    # `zips` has seen that no part holds a DTD, and how much they unpack to.
    strict = {"resolve_entities": False, "no_network": True}
    damaged: list[str] = []
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename.endswith((".xml", ".rels")):
                try:
                    etree.fromstring(part, etree.XMLParser(**strict))
                except etree.XMLSyntaxError:
                    root = etree.fromstring(part, etree.XMLParser(recover=True, **strict))
                    if root is not None:
                        part = etree.tostring(root)
                        damaged.append(info.filename)
            new.writestr(info.filename, part)
    return written, damaged
