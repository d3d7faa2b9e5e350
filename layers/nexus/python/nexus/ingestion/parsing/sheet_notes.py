"""Reads what lies over the cells of an XLSX sheet: text boxes, and the notes of single cells."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.sheet_looks import sheet_parts
from nexus.ingestion.parsing.xml_trees import local_name, parse_xml

# What Excel puts before a conversation for programs that show notes only.
_THREADED = re.compile(r"^\[Threaded comment\].*?Comment:\s*", re.S)
_MOST_NOTES = 2_000


def notes_of(content: bytes, *, read_hidden: bool = False) -> dict[str, list[str]]:
    """What is written over the cells, by the sheet's name; {} for other workbooks than XLSX.

    A note names its cell: "Note on C3: …". Parts that cannot be read say nothing.
    """
    if not content.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())

        def read(path: str) -> bytes:
            return archive.read(path) if path in names else b""

        if "xl/workbook.xml" not in names:
            return {}
        found = {}
        for sheet, path in sheet_parts(read).items():
            folder, name = posixpath.split(path)
            table = read(f"{folder}/_rels/{name}.rels")
            said: list[str] = []
            for kind, target in _related(table, folder):
                part = read(target)
                if kind == "drawing" and b"txBody" in part:
                    said += _boxes(parse_xml(part, forgiving=True), read_hidden=read_hidden)
                elif kind == "comments" and part:
                    said += _notes(parse_xml(part, forgiving=True))
            if said:
                found[sheet] = said[:_MOST_NOTES]
        return found


def _related(table: bytes, folder: str) -> Iterator[tuple[str, str]]:
    """The kind and the path of each part that a sheet relates to."""
    for one in parse_xml(table, forgiving=True) if table else ():
        target = posixpath.normpath(posixpath.join("/", folder, one.get("Target", "")))
        yield one.get("Type", "").rpartition("/")[2], target.lstrip("/")


def _boxes(root: Any, *, read_hidden: bool) -> Iterator[str]:
    for body in root.iter():
        if local_name(body) != "txBody":
            continue
        shape = body.getparent()
        properties = next((one for one in shape.iter() if local_name(one) == "cNvPr"), None)
        is_hidden = properties is not None and properties.get("hidden") in ("1", "true")
        lines = (_words(one) for one in body if local_name(one) == "p")
        text = "\n".join(line for line in lines if line)
        if text and (read_hidden or not is_hidden):
            yield text


def _notes(root: Any) -> Iterator[str]:
    for one in root.iter():
        if local_name(one) == "comment":
            text = _THREADED.sub("", _words(one, " "))
            if text:
                yield f"Note on {one.get('ref', '')}: {text}"


def _words(element: Any, between: str = "") -> str:
    return squeeze(
        clean(between.join(one.text or "" for one in element.iter() if local_name(one) == "t"))
    )
