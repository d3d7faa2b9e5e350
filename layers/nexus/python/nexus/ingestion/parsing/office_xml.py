"""Reads office documents that are saved as one XML file: OpenDocument, Word's, and Excel 2003's.

The flat ones hold the parts of a zipped document, and are read as that.
"""

from __future__ import annotations

import io
import zipfile
from copy import deepcopy
from typing import Any, Protocol

from nexus.errors import CorruptDocument, DocumentTooLarge
from nexus.ingestion.parsing.xml_trees import local_name, parse_xml
from nexus.models import ParsedDocument


class _Read(Protocol):
    """How a zipped document is read."""

    def __call__(self, content: bytes, *, read_hidden: bool = False) -> ParsedDocument: ...


_MOST_BYTES = 48 * 1024 * 1024
_PACKAGE = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_OF_SHEETS = "application/vnd.oasis.opendocument.spreadsheet"
_ROOTS = (
    ("content.xml", "document-content"), ("styles.xml", "document-styles"),
    ("meta.xml", "document-meta"),
)  # fmt: skip
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


def read(content: bytes, *, read_hidden: bool = False) -> ParsedDocument:
    """The document as its zipped form is read. Raises only kinds of DocumentRejected."""
    if len(content) > _MOST_BYTES:
        raise DocumentTooLarge(
            f"The document is larger than {_MOST_BYTES // 1024 // 1024} MB as XML: save it in the "
            "ordinary format of its program and upload that."
        )
    root = parse_xml(content)
    kind = local_name(root)
    if kind == "Workbook":
        from nexus.ingestion.parsing import sheet_xml

        return sheet_xml.read(root, read_hidden=read_hidden)
    if kind == "package":
        return _package(root, read_hidden=read_hidden)
    return _open_document(root, read_hidden=read_hidden)


def _open_document(root: Any, *, read_hidden: bool) -> ParsedDocument:
    from nexus.ingestion.parsing import open_document, sheets

    mimetype = root.get(f"{_OFFICE}mimetype", "")
    parts: dict[str, bytes] = {}
    for name, tag in _ROOTS:
        if name == "meta.xml":
            one = root.find(f"{_OFFICE}meta")
            if one is None:
                continue
            one = deepcopy(one)
        else:
            root.tag = f"{_OFFICE}{tag}"
            one = root
        parts[name] = _written(one)
    reader = sheets if mimetype.startswith(_OF_SHEETS) else open_document
    read_zipped: _Read = reader.read
    return read_zipped(_zipped({"mimetype": mimetype.encode(), **parts}), read_hidden=read_hidden)


def _package(root: Any, *, read_hidden: bool) -> ParsedDocument:
    from nexus.ingestion.parsing import sheets, slides, word

    types: list[str] = []
    parts: dict[str, bytes] = {}
    for part in root.iterchildren(f"{_PACKAGE}part"):
        name = part.get(f"{_PACKAGE}name", "").lstrip("/")
        data = part.find(f"{_PACKAGE}xmlData")
        if not name or data is None or not len(data):
            continue
        parts[name] = _written(data[0])
        if not name.endswith(".rels"):
            types.append(f"/{name}\0{part.get(f'{_PACKAGE}contentType', '')}")
    main = next((name for name in parts if name in _MAIN), "")
    if not main:
        raise CorruptDocument(
            "The file is damaged: open it in its own program, save it again and upload that."
        )
    reader = {"word": word, "ppt": slides, "xl": sheets}[main.partition("/")[0]]
    whole = {"[Content_Types].xml": _content_types(types), **parts}
    read_zipped: _Read = reader.read
    return read_zipped(_zipped(whole), read_hidden=read_hidden)


_MAIN = ("word/document.xml", "ppt/presentation.xml", "xl/workbook.xml")


def _content_types(types: list[str]) -> bytes:
    from lxml import etree

    root = etree.Element(f"{{{_TYPES}}}Types", nsmap={None: _TYPES})
    kind = "application/vnd.openxmlformats-package.relationships+xml"
    etree.SubElement(root, f"{{{_TYPES}}}Default", Extension="rels", ContentType=kind)
    for one in types:
        name, _, kind = one.partition("\0")
        etree.SubElement(root, f"{{{_TYPES}}}Override", PartName=name, ContentType=kind)
    return _written(root)


def _written(element: Any) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8", with_tail=False))


def _zipped(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()
