"""Names what a file is that is not read, so that its owner knows what to do with it."""

from __future__ import annotations

from nexus.errors import UnsupportedFormat

READS = (
    "PDF, DOCX, PPTX, XLSX, XLS, ODT, ODP, ODS, RTF, EPUB, EML, MSG, MHT, CSV, JSON, XML, HTML, "
    "Markdown, plain text, or a ZIP of these"
)
_SAMPLE = 4096
# Every control character that no text holds; escape and form feed stand in some.
_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32)])
_KINDS = {
    "image": "a picture", "video": "a video", "audio": "a sound recording", "font": "a font",
}  # fmt: skip
_ARCHIVES = {"7z", "rar", "gz", "bz2", "xz", "tar", "zst", "lz", "Z", "cab", "lz4", "ar", "rpm"}
_NAMES = {
    "exe": "a program", "elf": "a program", "dex": "a program", "dey": "a program",
    "wasm": "a program", "swf": "a Flash film", "sqlite": "a SQLite database",
    "ps": "a PostScript file", "dcm": "a medical picture", "crx": "a browser extension",
}  # fmt: skip
# What filetype (1.2.0) does not know: the first bytes, and what begins so.
_MARKS = (
    (b'x\x9f>"', "the attachments of an Outlook message (winmail.dat)"),
    (b"!BDN", "an Outlook mailbox (PST)"),
    (b"AC10", "an AutoCAD drawing (DWG)"),
    (b"8BPS", "a Photoshop picture (PSD)"),
    (b"\x00\x01\x00\x00Standard", "an Access database"),
    (b"PAR1", "a Parquet file"),
    (b"bplist00", "a property list of macOS"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\x0a\x05\x01\x08", "a picture (PCX)"),
    (b"\x30\x82", "a certificate or a signed message (DER)"),
)


def name_of(head: bytes) -> str | None:
    """What a file that is no text is, by its first bytes; None for one that may be text.

    A text can begin with the bytes that mark another format, so only one with control characters
    is asked.
    """
    sample = head[:_SAMPLE]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\0\0\xfe\xff")):
        return None
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if not controls or (b"\0" not in sample and controls * 50 < len(sample)):
        return None
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    import filetype

    found = filetype.guess(head[:8192])
    if found is None:
        return None
    extension = str(found.extension)
    if extension in _ARCHIVES:
        return f"a packed archive ({extension.upper()})"
    kind = str(found.mime).partition("/")[0]
    known = _NAMES.get(extension) or _KINDS.get(kind)
    return f"{known} ({extension.upper()})" if known else f"a file of the type {found.mime}"


def unread(name: str) -> UnsupportedFormat:
    """The error for a file that is `name` ("" where nothing tells), with what can be uploaded."""
    if name.startswith("a packed archive"):
        return UnsupportedFormat(
            f"The file is {name}, which is not read: unpack it and upload what is in it, or pack "
            "it as ZIP."
        )
    what = f"The file is {name}, which" if name else "The format of the file"
    return UnsupportedFormat(f"{what} is not read: upload {READS}.")
