"""Gives office documents that are saved as Strict Open XML the names that ordinary ones have."""

from __future__ import annotations

import io
import re
import zipfile

_STRICT = b"http://purl.oclc.org/ooxml/"
_NAME = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w{1,40})/([\w/-]{1,80})")
_NAMED = {
    b"extendedProperties": b"extended-properties",
    b"customProperties": b"custom-properties",
    b"relationships/extendedProperties": b"relationships/extended-properties",
    b"relationships/customProperties": b"relationships/custom-properties",
}
_RELATIONS = "_rels/.rels"


def transitional(content: bytes) -> bytes:
    """The document itself, or if it is strict, one that says the same in ordinary names.

    The zip was checked for bombs before.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as strict:
        if _RELATIONS not in strict.namelist() or _STRICT not in strict.read(_RELATIONS):
            return content
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
            for name in dict.fromkeys(strict.namelist()):
                part = strict.read(name)
                if name.endswith((".xml", ".rels")):
                    part = _NAME.sub(_ordinary, part)
                archive.writestr(name, part)
    return made.getvalue()


def _ordinary(name: re.Match[bytes]) -> bytes:
    kind = _NAMED.get(name[2], name[2])
    return b"http://schemas.openxmlformats.org/%b/2006/%b" % (name[1], kind)
