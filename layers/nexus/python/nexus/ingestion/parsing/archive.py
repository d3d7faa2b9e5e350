"""Reads ZIP archives: each file in them by its own parser, under its name."""

from __future__ import annotations

import io
import zipfile

from nexus.errors import EmptyDocument
from nexus.ingestion.parsing.inside import Inside
from nexus.ingestion.parsing.zips import is_legible, unpacked
from nexus.models import LocatedText, ParsedDocument, ReadingWarning

# What operating systems and version control leave between people's own files.
_SYSTEM = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_UTF8_NAME = 0x800
_APART = "Upload the file by itself."


def read(content: bytes, inside: Inside) -> ParsedDocument:
    """The texts of all files, in the archive's order, and a warning for each that is not read.

    `pages` is the number of files that are read. The archive was checked for bombs before. Raises
    EmptyDocument, with the first file's reason, if none is read.
    """
    texts: list[LocatedText] = []
    warnings: list[ReadingWarning] = []
    count = skipped = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            name = _name(info)
            if info.is_dir() or _is_system(name):
                continue
            if not is_legible(info):
                warnings.append(
                    ReadingWarning(
                        "not read: the file is locked or packed in an unusual way", name, _APART
                    )
                )
                continue
            if not inside.fits(info.file_size):
                skipped += 1
                continue
            part, is_whole = unpacked(content, info)
            if not is_whole:
                warnings.append(ReadingWarning("not read: the file is damaged", name, _APART))
                continue
            found = inside.read(part, name)
            texts += found.texts
            warnings += found.warnings
            count += bool(found.texts)
    if skipped:
        warnings.append(
            ReadingWarning(
                f"not read: {skipped} files beyond what is read of an archive",
                "",
                "Upload them in several archives, or by themselves.",
            )
        )
    if not texts and warnings:
        first = warnings[0]
        why = first.what.removeprefix("not read: ")
        raise EmptyDocument(
            f"No file in the archive can be read, as {first.where or 'the first'} shows ({why}): "
            "unpack it and upload documents that can."
        )
    return ParsedDocument(tuple(texts), pages=max(count, 1), warnings=tuple(warnings))


def _is_system(name: str) -> bool:
    parts = name.split("/")
    return name.startswith(_SYSTEM[0]) or parts[-1] in _SYSTEM or parts[-1].startswith("._")


def _name(info: zipfile.ZipInfo) -> str:
    """The entry's name; one without its flag is UTF-8 if it can be, whatever the format says."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename
