"""Decides which parser reads a file: from its first bytes, else its extension, else its type."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from nexus.errors import CorruptDocument, EncryptedDocument, UnsupportedFormat

# Containers, which only their directory tells apart.
ZIP, COMPOUND = "zip", "compound"
_READS = "PDF, DOCX, PPTX, XLSX, XLS, ODS, CSV, HTML, Markdown or plain text"
_HTML = re.compile(rb"\s*(<\?xml[^>]{0,200}\?>\s*)?<(!doctype\s+html|html[\s>])", re.I)
_ZIP_MODULES = {"docx": "word", "pptx": "slides", "xlsx": "sheets", "ods": "sheets"}
_EXTENSIONS = {
    "html": "web", "htm": "web", "xhtml": "web", "svg": "web", "xml": "web",
    "md": "markup", "markdown": "markup", "mdx": "markup",
    "csv": "delimited", "tsv": "delimited", "tab": "delimited",
    "txt": "plain", "text": "plain", "log": "plain", "rst": "plain",
}  # fmt: skip
_TYPES = {
    "text/html": "web", "application/xhtml+xml": "web", "image/svg+xml": "web",
    "text/markdown": "markup", "text/x-markdown": "markup",
    "text/csv": "delimited", "text/tab-separated-values": "delimited",
}  # fmt: skip
_BINARY_EXTENSIONS = {"pdf", "docx", "pptx", "xlsx", "xlsm", "xls", "ods"}
_BINARY_MARKS = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"RIFF", b"\x1f\x8b",
    b"7z\xbc", b"Rar!", b"\x7fELF", b"MZ", b"ID3", b"OggS", b"SQLite format 3",
)  # fmt: skip
_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LEGACY = (("WordDocument", "doc", "DOCX"), ("PowerPoint Document", "ppt", "PPTX"))


def detect(head: bytes, path: str, content_type: str) -> str:
    """The module of this package that reads the file, or the container that is to be opened.

    `head` is the file's first bytes, 4 KiB at least. Raises UnsupportedFormat or CorruptDocument.
    """
    extension = _extension(path)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return ZIP
    if head.startswith(_CFB):
        return COMPOUND
    if head.startswith(b"{\\rtf"):
        raise UnsupportedFormat("RTF is not read: save the file as DOCX and upload that.")
    if _HTML.match(head[:4096].removeprefix(b"\xef\xbb\xbf")):
        return "web"
    if extension in _BINARY_EXTENSIONS:
        raise CorruptDocument(
            f"The file is named .{extension} but its content is not: open it in its own program, "
            "save it again and upload that."
        )
    if head.startswith(_BINARY_MARKS) and b"\0" in head[:4096]:
        raise unreadable()
    if extension in _EXTENSIONS:
        return _EXTENSIONS[extension]
    kind = content_type.partition(";")[0].strip().lower()
    return _TYPES.get(kind, "plain")


def look_inside(container: str, content: bytes, path: str, max_unpacked_bytes: int) -> str:
    """The module of this package that reads what is in a container; zips are checked for bombs.

    Raises UnsupportedFormat, EncryptedDocument, CorruptDocument or DocumentTooLarge.
    """
    if container == COMPOUND:
        return _legacy(content, _extension(path))
    from nexus.ingestion.parsing.zips import inspect

    return _ZIP_MODULES[inspect(content, max_unpacked_bytes)]


def unreadable() -> UnsupportedFormat:
    """The error for bytes that are no text and no format that is read."""
    return UnsupportedFormat(f"The format of the file is not read: upload {_READS}.")


def _extension(path: str) -> str:
    return PurePosixPath(path).suffix.lower().lstrip(".")


def _legacy(content: bytes, extension: str) -> str:
    """What an OLE compound file holds; its streams' names are UTF-16 in the directory."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise EncryptedDocument(
            "The file is protected by a password: remove the protection and upload it again."
        )
    is_workbook = holds("Workbook") or holds("Book")
    if is_workbook and extension in ("xls", "xlt"):
        return "sheets"
    for stream, old, modern in _LEGACY:
        if holds(stream):
            raise UnsupportedFormat(
                f"The old .{old} format is not read: save the file as {modern} and upload that."
            )
    if is_workbook:
        return "sheets"
    raise unreadable()
