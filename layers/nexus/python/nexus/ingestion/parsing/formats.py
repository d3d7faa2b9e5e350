"""Decides which parser reads a file: from its first bytes, else its extension, else its type."""

from __future__ import annotations

import re

from nexus.errors import CorruptDocument, EncryptedDocument, UnsupportedFormat
from nexus.ingestion.parsing.beginnings import by_beginning
from nexus.ingestion.parsing.inside import extension_of
from nexus.ingestion.parsing.unread import name_of, unread

# Containers, which only their directory tells apart.
ZIP, COMPOUND = "zip", "compound"
_HTML = re.compile(rb"\s*(<\?xml[^>]{0,200}\?>\s*)?<(!doctype\s+html|html[\s>])", re.I)
_ZIP_MODULES = {
    "docx": "word", "pptx": "slides", "xlsx": "sheets", "ods": "sheets",
    "odt": "open_document", "odp": "open_document", "epub": "ebook", "archive": "archive",
}  # fmt: skip
_EXTENSIONS = {
    "html": "web", "htm": "web", "xhtml": "web", "svg": "web",
    "xml": "data", "rss": "data", "atom": "data",
    "json": "data", "jsonl": "data", "ndjson": "data", "geojson": "data",
    "eml": "mail", "mht": "mail", "mhtml": "mail",
    "md": "markup", "markdown": "markup", "mdx": "markup",
    "csv": "delimited", "tsv": "delimited", "tab": "delimited",
    "txt": "plain", "text": "plain", "log": "plain", "rst": "plain",
}  # fmt: skip
_TYPES = {
    "text/html": "web", "application/xhtml+xml": "web", "image/svg+xml": "web",
    "application/json": "data", "application/x-ndjson": "data", "application/xml": "data",
    "text/xml": "data", "message/rfc822": "mail", "multipart/related": "mail",
    "text/markdown": "markup", "text/x-markdown": "markup",
    "text/csv": "delimited", "text/tab-separated-values": "delimited",
}  # fmt: skip
_BINARY_EXTENSIONS = {
    "pdf", "docx", "pptx", "xlsx", "xlsm", "xls", "ods", "odt", "odp", "epub", "zip", "msg", "png",
    "jpg", "jpeg", "tif", "tiff",
}  # fmt: skip
_MARKS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"PK\x03\x04", b"PK\x05\x06"), ZIP),
    ((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",), COMPOUND),
    ((b"{\\rtf",), "rich_text"),
    ((b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*"), "picture"),
)
# Rows that tell a table in a text, and as many as it has at least.
_TABLE_ROWS, _FEWEST_ROWS = 50, 3
_HEAD = 4096
_LEGACY = (("WordDocument", "doc", "DOCX"), ("PowerPoint Document", "ppt", "PPTX"))
# Header fields that begin a message, as RFC 5322 and those who carry mail write them.
_MAIL_FIELD = re.compile(
    rb"(?:from|to|cc|subject|date|received|return-path|message-id|mime-version|content-type|"
    rb"delivered-to|reply-to|x-[a-z0-9-]{1,40}):(?:\s|$)",
    re.I,
)


def detect(head: bytes, path: str, content_type: str) -> str:
    """The module of this package that reads the file, or the container that is to be opened.

    `head` is the file's first bytes, 4 KiB at least. Raises UnsupportedFormat or CorruptDocument.
    """
    extension = extension_of(path)
    known = _EXTENSIONS.get(extension)
    if marked := _by_mark(head, known):
        return marked
    if extension in _BINARY_EXTENSIONS:
        if (name := name_of(head)) is not None:
            raise unread(name)
        raise CorruptDocument(
            f"The file is named .{extension} but its content is not: open it in its own program, "
            "save it again and upload that."
        )
    if (name := name_of(head)) is not None:
        raise unread(name)
    kind = content_type.partition(";")[0].strip().lower()
    guess = "mail" if not extension and _is_mail(head) else "plain"
    form = known or _TYPES.get(kind, guess)
    return "delimited" if form == "plain" and _is_tabbed(head) else form


def _is_tabbed(head: bytes) -> bool:
    """Whether a text is a table between tabs, as spreadsheets save "Unicode Text"."""
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", "ignore")
    lines = [line for line in text.splitlines() if line.strip()][:_TABLE_ROWS]
    if len(head) >= _HEAD:
        lines = lines[:-1]  # it may be cut
    tabs = {line.count("\t") for line in lines}
    return len(lines) >= _FEWEST_ROWS and len(tabs) == 1 and min(tabs) > 0


def _by_mark(head: bytes, known: str | None) -> str:
    """What the first bytes say beyond doubt; "" where they do not."""
    if b"%PDF-" in head[:1024] and known != "mail":
        return "pdf"
    for marks, form in _MARKS:
        if head.startswith(marks):
            return form
    if known != "mail" and (form := by_beginning(head)):
        return form
    return "web" if _HTML.match(head[:4096].removeprefix(b"\xef\xbb\xbf")) else ""


def look_inside(container: str, content: bytes, path: str, max_unpacked_bytes: int) -> str:
    """The module of this package that reads what is in a container; zips are checked for bombs.

    Raises UnsupportedFormat, EncryptedDocument, CorruptDocument or DocumentTooLarge.
    """
    if container == COMPOUND:
        from nexus.ingestion.parsing.compound import refuse_circles

        form = _legacy(content, extension_of(path))
        refuse_circles(content)
        return form
    from nexus.ingestion.parsing.zips import inspect

    return _ZIP_MODULES[inspect(content, max_unpacked_bytes)]


def unreadable() -> UnsupportedFormat:
    """The error for bytes that are no text and no format that is read."""
    return unread("")


def _is_mail(head: bytes) -> bool:
    """Whether the file begins with the header of a message: three fields, one after another.

    A line that begins with a space continues the field before it.
    """
    fields = 0
    for line in head[:16384].removeprefix(b"\xef\xbb\xbf").splitlines()[:60]:
        if fields and line[:1] in (b" ", b"\t"):
            continue
        if not _MAIL_FIELD.match(line):
            break
        fields += 1
    return fields >= 3


def _legacy(content: bytes, extension: str) -> str:
    """What an OLE compound file holds; its streams' names are UTF-16 in the directory."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise EncryptedDocument(
            "The file is protected by a password: remove the protection and upload it again."
        )
    if holds("__properties_version1.0"):
        return "outlook"
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
