"""Makes a damaged office file one that opens: each damaged part is kept as far as it goes.

A part is looked at block by block, and no tree is built of it: what a file holds does not have to
fit into memory several times.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable
from urllib.parse import unquote
from xml.parsers import expat

from nexus.errors import CorruptDocument
from nexus.ingestion.parsing.recovered_xml import (
    Change,
    breaks_only_in_text,
    is_well_formed,
    rewritten,
    up_to_the_fault,
)
from nexus.ingestion.parsing.zips import Unpacked
from nexus.models import ReadingWarning

_ADVICE = "Open the file in its own program, save it as a new file and upload that."
_PARTIAL = "a damaged part is read as far as it goes"
_MISSING = "not read: a part that the file names is not in it"
# What counts by its place in a workbook: what a fault moves would be told as another cell's.
_COUNTED = re.compile(r"xl/(?:(worksheets/)|sharedStrings\.xml$|styles\.xml$)", re.I)
_ROW = re.compile(rb"<(?:[\w.-]{1,20}:)?row\b")
_MIMETYPE = "mimetype"
# How many parts that are not there are named; more are counted.
_MOST_NAMED = 1_000
# Elements that are written anew, one by one, in all parts together: about five seconds.
_MOST_ELEMENTS = 500_000
# The fastest: the new file is read once, and never kept.
_LEVEL = 1


def mended(content: bytes) -> tuple[bytes, list[ReadingWarning]]:
    """The file with its parts well-formed, and a warning for each part that was not.

    What a relationship names and the file does not hold is named no longer; a name that differs
    from the part's by its case is made that of the part. The file was checked for bombs before.
    The same content: there was nothing to mend. Raises CorruptDocument if the texts or formats of
    a workbook cannot be told apart any more.
    """
    parts = _Parts(content)
    missing = _Missing(parts.names)
    changed = {name for name in parts.names if name.endswith(".rels") and missing.look(parts, name)}
    if not parts.damaged and not missing.found:
        return content, []
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as new:
        for name in sorted(parts.names, key=lambda name: name != _MIMETYPE):
            blocks = parts.blocks(name)
            if name in changed:
                found, count = rewritten(blocks, parts.elements_left, missing.corrects(name))
                parts.elements_left -= count
                blocks = (found,)
            with new.open(name, "w", force_zip64=True) as entry:
                for block in blocks:
                    entry.write(block)
    places = _places(parts)
    warnings = [ReadingWarning(_PARTIAL, place, _ADVICE) for place in places]
    return written.getvalue(), [*warnings, *missing.warnings()]


class _Parts:
    """The parts of a file that can be unpacked, those mended that need it.

    `names` are those of all that hold anything, `damaged` of those that are not whole, and
    `elements_left` tells how many elements may still be written anew.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._infos: dict[str, zipfile.ZipInfo] = {}
        # Packed: most of them are much smaller so.
        self._recovered: dict[str, bytes] = {}
        self.damaged: list[str] = []
        self.elements_left = _MOST_ELEMENTS
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
        for info in infos:
            if self._is_kept(info):
                self._infos[info.filename] = info
        self.names = list(self._infos)

    def blocks(self, name: str) -> Iterable[bytes]:
        """What a part holds, block by block."""
        if name in self._recovered:
            return (zlib.decompress(self._recovered[name]),)
        return Unpacked(self._content, self._infos[name])

    def _is_kept(self, info: zipfile.ZipInfo) -> bool:
        """Whether anything of a part can be read; it is recovered if it has to be."""
        blocks = Unpacked(self._content, info)
        if info.filename.endswith((".xml", ".rels")):
            is_sound = is_well_formed(blocks)
            if is_sound and blocks.is_whole:
                return True
            self.damaged.append(info.filename)
            if not is_sound:
                within = _COUNTED.match(info.filename)
                is_counted = within and not breaks_only_in_text(Unpacked(self._content, info))
                if is_counted and within and not within[1]:
                    raise CorruptDocument(
                        f"The workbook's part {info.filename} is damaged, which its cells refer to "
                        "by number: open it in its own program, save it again and upload that."
                    )
                found, count = b"", 0
                if self.elements_left and not is_counted:
                    found, count = rewritten(Unpacked(self._content, info), self.elements_left)
                if is_counted or not self.elements_left or count > self.elements_left:
                    found = up_to_the_fault(
                        Unpacked(self._content, info), _ROW if is_counted else None
                    )
                self.elements_left = max(self.elements_left - count, 0)
                if found:
                    self._recovered[info.filename] = zlib.compress(found, _LEVEL)
                return bool(found)
            return True
        size = sum(map(len, blocks))
        if not blocks.is_whole:
            self.damaged.append(info.filename)
        return blocks.is_whole or size > 0


class _Missing:
    """The parts that relationships name and the file does not hold; `found` counts all of them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = set(names)
        # The names of parts are equal in any case (ECMA-376, part 2, 6.2.2.3).
        self._folded = {name.lower(): name for name in self._names}
        self._named: dict[str, None] = {}
        self.found = 0

    def look(self, parts: _Parts, name: str) -> bool:
        """Notes what the relationships of a part lack; returns whether any is to be changed."""
        folder = _folder(name)
        is_changed = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal is_changed
            target = _target(attributes, folder)
            if tag.rpartition(" ")[2] != "Relationship" or not target or target in self._names:
                return
            is_changed = True
            self.found += 1
            is_told = self._part(target) or target in parts.damaged
            if not is_told and len(self._named) < _MOST_NAMED:
                self._named[target] = None

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = start
        for block in parts.blocks(name):
            parser.Parse(block)
        return is_changed

    def corrects(self, name: str) -> Change:
        """What `rewritten` makes of each relationship."""
        folder = _folder(name)

        def change(tag: str, attributes: dict[str, str]) -> dict[str, str] | None:
            target = _target(attributes, folder)
            if tag.rpartition("}")[2] != "Relationship" or not target or target in self._names:
                return attributes
            part = self._part(target)
            return {**attributes, "Target": f"/{part}"} if part else None

        return change

    def warnings(self) -> list[ReadingWarning]:
        """A warning for each part that is not there."""
        return [ReadingWarning(_MISSING, f"part {name}", _ADVICE) for name in self._named]

    def _part(self, target: str) -> str:
        """The part that is named in another case or with escaped letters; "" if there is none."""
        return self._folded.get(unquote(target).replace("\\", "/").lower(), "")


def _folder(name: str) -> str:
    """The folder that the relationships of a part start from."""
    return posixpath.dirname(posixpath.dirname(name))


def _target(attributes: dict[str, str], folder: str) -> str:
    """The part that a relationship leads to; "" if it leads out of the file."""
    target = attributes.get("Target", "").partition("#")[0]
    if attributes.get("TargetMode") == "External" or not target or target == "NULL":
        return ""
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _places(parts: _Parts) -> list[str]:
    """Where the damaged parts are: sheets by their names, others as the file names them."""
    if "xl/workbook.xml" not in parts.names:
        return [f"part {name}" for name in parts.damaged]
    from nexus.ingestion.parsing.sheet_looks import sheet_parts

    held = set(parts.names)

    def read(path: str) -> bytes:
        return b"".join(parts.blocks(path)) if path in held else b""

    sheets = {path: name for name, path in sheet_parts(read).items()}
    return [f"sheet {sheets[one]}" if one in sheets else f"part {one}" for one in parts.damaged]
