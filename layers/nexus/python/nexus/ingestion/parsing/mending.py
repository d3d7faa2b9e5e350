"""Makes a damaged office file one that opens: each damaged part is kept as far as it goes."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import Any
from xml.parsers import expat

from nexus.ingestion.parsing.zips import DOCTYPE, unpacked
from nexus.models import ReadingWarning

_ADVICE = "Open the file in its own program, save it as a new file and upload that."
_PARTIAL = "a damaged part is read as far as it goes"
# The parser of parts that are damaged: it expands no entities and fetches nothing.
_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False}
_MIMETYPE = "mimetype"


def mended(content: bytes) -> tuple[bytes, list[ReadingWarning]]:
    """The file with its parts well-formed, and a warning for each part that was not.

    What a relationship names and the file does not hold is named no longer. The file was checked
    for bombs before. No warnings: there was nothing to mend, and the file is as it was.
    """
    damaged: list[str] = []
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
    for info in infos:
        part, is_whole = unpacked(content, info)
        if info.filename.endswith((".xml", ".rels")):
            part, is_well_formed = _well_formed(part)
            is_whole = is_whole and is_well_formed
        if not is_whole:
            damaged.append(info.filename)
        if part:
            parts[info.filename] = part
    missing = _without_missing(parts)
    if not damaged and not missing:
        return content, []
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(parts, key=lambda name: name != _MIMETYPE):
            new.writestr(name, parts[name])
    warnings = [ReadingWarning(_PARTIAL, place, _ADVICE) for place in _places(parts, damaged)]
    warnings += [
        ReadingWarning("not read: a part that the file names is not in it", f"part {name}", _ADVICE)
        for name in missing
    ]
    return written.getvalue(), warnings


def _well_formed(part: bytes) -> tuple[bytes, bool]:
    """The XML as far as it can be read, b"" if it cannot, and whether that is all of it."""
    from lxml import etree

    if DOCTYPE.search(part):
        return part, True  # of a book: of office files, those that hold one were refused
    if _is_well_formed(part):
        return part, True
    # What is damaged in its midst may be recovered as names that no parser takes.
    for kept in (part, _up_to_the_fault(part)):
        root = etree.fromstring(kept, etree.XMLParser(recover=True, **_SAFE)) if kept else None
        if root is not None and len(root):
            written: bytes = etree.tostring(root)
            if _is_well_formed(written):
                return written, False
    return b"", False


def _is_well_formed(part: bytes) -> bool:
    from lxml import etree

    try:
        etree.fromstring(part, etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError:
        return False
    return True


def _up_to_the_fault(part: bytes) -> bytes:
    """The part up to the tag that the first fault is in."""
    parser = expat.ParserCreate()
    try:
        parser.Parse(part, True)
    except expat.ExpatError:
        return part[: max(part.rfind(b"<", 0, parser.ErrorByteIndex), 0)]
    return part


def _without_missing(parts: dict[str, bytes]) -> list[str]:
    """Takes the relationships to parts that are not there out of the parts; returns their names."""
    from lxml import etree

    missing: list[str] = []
    for name in [name for name in parts if name.endswith(".rels")]:
        root = etree.fromstring(parts[name], etree.XMLParser(**_SAFE))
        folder = posixpath.dirname(posixpath.dirname(name))
        gone = [
            (relation, target)
            for relation in root
            if (target := _target(relation, folder)) and target not in parts
        ]
        for relation, target in gone:
            root.remove(relation)
            missing.append(target)
        if gone:
            parts[name] = etree.tostring(root)
    return missing


def _target(relation: Any, folder: str) -> str:
    """The part that a relationship leads to; "" if it leads out of the file."""
    target = relation.get("Target", "").partition("#")[0]
    if relation.get("TargetMode") == "External" or not target or target == "NULL":
        return ""
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _places(parts: dict[str, bytes], damaged: list[str]) -> list[str]:
    """Where the damaged parts are: sheets by their names, others as the file names them."""
    if "xl/workbook.xml" not in parts:
        return [f"part {name}" for name in damaged]
    from nexus.ingestion.parsing.sheet_looks import sheet_parts

    sheets = {path: name for name, path in sheet_parts(lambda path: parts.get(path, b"")).items()}
    return [f"sheet {sheets[name]}" if name in sheets else f"part {name}" for name in damaged]
