"""Word files made of raw XML, for what python-docx does not write: numbers, notes, hidden text."""

from __future__ import annotations

import io
from collections.abc import Mapping

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SPACES = (
    f'xmlns:w="{W}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
)


def word_of(
    body: str,
    *,
    numbering: str = "",
    styles: str = "",
    parts: Mapping[str, tuple[str, str, bytes]] | None = None,
) -> bytes:
    """A document with this body; parts are (kind of relation, path, content) by relation id."""
    document = docx.Document()
    root = document.element.body
    for block in reversed(list(_parsed(body))):
        root.insert(0, block)
    for style in _parsed(styles):
        document.styles.element.append(style)
    if numbering:
        place = document.part.numbering_part.element
        for child in list(place):
            place.remove(child)
        for one in _parsed(numbering):
            place.append(one)
    for name, (kind, path, content) in (parts or {}).items():
        part = Part(PackURI(path), "application/xml", content, document.part.package)
        document.part.rels._add_relationship(
            f"{RELATIONSHIP_TYPE.OFFICE_DOCUMENT.rpartition('/')[0]}/{kind}", part, name
        ) if hasattr(
            document.part.rels, "_add_relationship"
        ) else document.part.rels.add_relationship(
            f"{RELATIONSHIP_TYPE.OFFICE_DOCUMENT.rpartition('/')[0]}/{kind}", part, name
        )
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def p(text: str = "", properties: str = "", raw: str = "") -> str:
    """A paragraph."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{r(text) if text else ''}{raw}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def item(text: str, level: int, number: int = 1, style: str = "") -> str:
    """A paragraph of a numbered list."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return p(
        text,
        f'{named}<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>',
    )


def numbered(*levels: tuple[str, str], number: int = 1, more: str = "") -> str:
    """A numbering of these levels, each its format and its text."""
    said = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    return (
        f'<w:abstractNum w:abstractNumId="{number}">{said}</w:abstractNum>'
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/>{more}</w:num>'
    )


def notes(kind: str, texts: Mapping[int, str]) -> bytes:
    """A part of footnotes or endnotes."""
    said = "".join(
        f'<w:{kind} w:id="{name}"><w:p><w:r><w:{kind}Ref/></w:r>{r(text)}</w:p></w:{kind}>'
        for name, text in texts.items()
    )
    return f"<w:{kind}s {_SPACES}>{said}</w:{kind}s>".encode()


def _parsed(xml: str) -> list[object]:
    return list(parse_xml(f"<w:all {_SPACES}>{xml}</w:all>"))
