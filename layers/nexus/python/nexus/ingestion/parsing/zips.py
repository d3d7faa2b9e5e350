"""Looks into a zipped office file before any parser does: what it is, and whether it is a bomb."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Literal

from nexus.errors import (
    CorruptDocument,
    DocumentTooLarge,
    EncryptedDocument,
    UnsupportedFormat,
)

ZipKind = Literal["docx", "pptx", "xlsx", "ods", "odt", "odp", "epub", "archive"]

_OPEN_XML = ("docx", "pptx", "xlsx")
_MOST_ENTRIES = 20_000
# Office XML packs 5 to 40 times smaller; deflate's limit is about 1,030.
_HIGHEST_RATIO = 200
_RATIO_MATTERS_ABOVE = 16 * 1024 * 1024
_BLOCK = 1024 * 1024
_SLICE = 64 * 1024
DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E", re.I)
_MAIN_PARTS: tuple[tuple[bytes, ZipKind], ...] = (
    (b"wordprocessingml.document.main+xml", "docx"),
    (b"wordprocessingml.template.main+xml", "docx"),
    (b"ms-word.document.macroEnabled.main+xml", "docx"),
    (b"ms-word.template.macroEnabledTemplate.main+xml", "docx"),
    (b"presentationml.presentation.main+xml", "pptx"),
    (b"presentationml.slideshow.main+xml", "pptx"),
    (b"presentationml.template.main+xml", "pptx"),
    (b"ms-powerpoint.slideshow.macroEnabled.main+xml", "pptx"),
    (b"ms-powerpoint.template.macroEnabled.main+xml", "pptx"),
    (b"ms-powerpoint.presentation.macroEnabled.main+xml", "pptx"),
    (b"spreadsheetml.sheet.main+xml", "xlsx"),
    (b"spreadsheetml.template.main+xml", "xlsx"),
    (b"ms-excel.sheet.macroEnabled.main+xml", "xlsx"),
    (b"ms-excel.template.macroEnabled.main+xml", "xlsx"),
)
_SAVE_AS = (
    ("word/", "DOCX"),
    ("ppt/", "PPTX"),
    ("xl/", "XLSX"),
)
# In OpenDocument and EPUB the file `mimetype` names the kind, templates included.
_MIMETYPES: tuple[tuple[bytes, ZipKind], ...] = (
    (b"opendocument.spreadsheet", "ods"),
    (b"opendocument.text", "odt"),
    (b"opendocument.presentation", "odp"),
    (b"application/epub+zip", "epub"),
)
# What other programs pack into zips, by a part that only they have: what it is, and what to do.
_FOREIGN = (
    ("Index/Document.iwa", "a Pages, Numbers or Keynote file", "export it as PDF"),
    ("Index.zip", "a Pages, Numbers or Keynote file", "export it as PDF"),
    ("visio/document.xml", "a Visio drawing", "export it as PDF"),
    ("FixedDocSeq.fdseq", "an XPS document", "print it as PDF"),
    ("AndroidManifest.xml", "a program", "upload its documents"),
    ("META-INF/MANIFEST.MF", "a program", "upload its documents"),
)
_LEGIBLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def inspect(content: bytes, max_unpacked_bytes: int) -> ZipKind:
    """The kind of office file, once it is known to be safe to unpack.

    Raises DocumentTooLarge for a bomb, EncryptedDocument, CorruptDocument or UnsupportedFormat.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            kind = _kind(archive)
            _refuse_bombs(archive, content, kind, max_unpacked_bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError) as err:
        raise CorruptDocument(
            "The file is damaged: open it in its own program, save it again and upload that."
        ) from err
    except (NotImplementedError, RuntimeError) as err:
        raise UnsupportedFormat(
            "The file is packed in a way that cannot be read: save it again in its own program, or "
            "unpack it and upload what is in it."
        ) from err
    return kind


def _kind(archive: zipfile.ZipFile) -> ZipKind:
    kind = _office_kind(archive) or "archive"
    locked = [bool(info.flag_bits & 1) for info in archive.infolist()]
    # Of an archive, what is not locked is read.
    if any(locked) and (kind != "archive" or all(locked)):
        raise EncryptedDocument(
            "The file is protected by a password: remove the protection and upload it again."
        )
    return kind


def _office_kind(archive: zipfile.ZipFile) -> ZipKind | None:
    """The kind of office file or book; None for an archive. Raises UnsupportedFormat."""
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        types = _head(archive, "[Content_Types].xml")
        for mark, kind in _MAIN_PARTS:
            if mark in types:
                return kind
        for folder, modern in _SAVE_AS:
            if any(name.startswith(folder) for name in names):
                raise UnsupportedFormat(
                    f"This variant of the format is not read: save the file as {modern} and upload "
                    "that."
                )
    if "mimetype" in names:
        mimetype = _head(archive, "mimetype")[:200]
        for mark, kind in _MIMETYPES:
            if mark in mimetype:
                return kind
        if b"opendocument" in mimetype:
            raise UnsupportedFormat(
                "OpenDocument files of this kind are not read: export the file as PDF and upload "
                "that."
            )
    for name, what, advice in _FOREIGN:
        if name in names:
            raise UnsupportedFormat(f"The file is {what}, which is not read: {advice}.")
    return None


def _head(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(_BLOCK)
    except (KeyError, RuntimeError):  # not there, or locked
        return b""


def _refuse_bombs(
    archive: zipfile.ZipFile, content: bytes, kind: ZipKind, max_unpacked_bytes: int
) -> None:
    infos = archive.infolist()
    too_large = DocumentTooLarge(
        f"The file unpacks to more than {max_unpacked_bytes // 1024 // 1024} MB or is packed like "
        "a zip bomb: split it into smaller documents."
    )
    if len(infos) > _MOST_ENTRIES or sum(i.file_size for i in infos) > max_unpacked_bytes:
        raise too_large
    # Entries that share bytes (an overlapping bomb) claim more than the file holds.
    if sum(info.compress_size for info in infos) > len(content):
        raise too_large
    names = [info.filename for info in infos]
    if kind != "archive" and len(set(names)) != len(names):
        raise zipfile.BadZipFile("two entries of one name: parsers disagree on which counts")
    for info in infos:
        if info.file_size > _RATIO_MATTERS_ABOVE and (
            info.file_size > _HIGHEST_RATIO * max(info.compress_size, 1)
        ):
            raise too_large
        if kind == "archive" and not is_legible(info):
            continue  # it is never unpacked, and told
        try:
            _unpack_once(archive, info, content, forbid_doctype=kind in _OPEN_XML)
        except (zlib.error, EOFError):
            continue  # damaged: what can be unpacked of it is read, and told


def is_legible(info: zipfile.ZipInfo) -> bool:
    """Whether an entry can be unpacked: it is not locked, and packed in one of the usual ways."""
    return not info.flag_bits & 1 and info.compress_type in _LEGIBLE


def _unpack_once(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, content: bytes, *, forbid_doctype: bool
) -> None:
    """Unpacks one entry in blocks, to see that it is as long as it claims and defines no entities.

    Other unzippers than Python's go on past the size that the directory claims, so it is checked
    on the stream itself. Office XML may not hold a DTD (ECMA-376, part 2), the door of entity
    bombs and of external entities.
    """
    if info.is_dir():
        return
    if info.compress_type not in _LEGIBLE:
        raise NotImplementedError("compression method")
    with archive.open(info):  # checks the local header against the directory
        pass
    packed = _packed(content, info)
    # Pictures and printer settings may well hold a DTD; they are never parsed.
    forbid_doctype = forbid_doctype and info.filename.lower().endswith((".xml", ".rels"))
    size, tail = 0, b""
    for block in _blocks(packed, info.compress_type):
        size += len(block)
        if size > info.file_size:
            raise zipfile.BadZipFile("an entry is longer than it claims")
        if forbid_doctype and DOCTYPE.search(tail + block):
            raise zipfile.BadZipFile("an XML part holds a DTD")
        tail = block[-32:]
    if size != info.file_size:
        raise EOFError("an entry is shorter than it claims")


class Unpacked:
    """What can be unpacked of an entry, block by block, no more than it claims to hold.

    `is_whole` tells, once that was gone through, whether it is all of the entry.
    """

    def __init__(self, content: bytes, info: zipfile.ZipInfo) -> None:
        self._packed, self._info = _packed(content, info), info
        self.is_whole = False

    def __iter__(self) -> Iterator[bytes]:
        size, check = 0, 0
        try:
            for block in _blocks(self._packed, self._info.compress_type):
                kept = block[: self._info.file_size - size]
                size += len(block)
                check = zlib.crc32(kept, check)
                yield kept
                if size > self._info.file_size:
                    return
        except (zlib.error, EOFError):
            return
        self.is_whole = size == self._info.file_size and check == self._info.CRC


def unpacked(content: bytes, info: zipfile.ZipInfo) -> tuple[bytes, bool]:
    """What can be unpacked of an entry, no more than it claims to hold, and whether that is all."""
    blocks = Unpacked(content, info)
    found = io.BytesIO()
    for block in blocks:
        found.write(block)
    return found.getvalue(), blocks.is_whole


def _packed(content: bytes, info: zipfile.ZipInfo) -> memoryview:
    """The bytes of an entry as they lie in the file."""
    header = info.header_offset
    lengths = content[header + 26 : header + 30]
    start = header + 30 + int.from_bytes(lengths[:2], "little")
    start += int.from_bytes(lengths[2:], "little")
    return memoryview(content)[start : start + info.compress_size]


def _blocks(packed: memoryview, method: int) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        for at in range(0, len(packed), _BLOCK):
            yield bytes(packed[at : at + _BLOCK])
        return
    unpacker = zlib.decompressobj(-15)
    for at in range(0, len(packed), _SLICE):
        rest: bytes | memoryview = packed[at : at + _SLICE]
        while rest and not unpacker.eof:
            yield unpacker.decompress(rest, _BLOCK)
            rest = unpacker.unconsumed_tail
    yield unpacker.flush()
    if not unpacker.eof:
        raise EOFError
