"""Reads EPUB: the chapters in the order of the book, each under its headings."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from nexus.errors import CorruptDocument, EncryptedDocument
from nexus.ingestion.parsing import web
from nexus.ingestion.parsing.cleaning import squeeze
from nexus.ingestion.parsing.web_linked import LinkedSheets
from nexus.ingestion.parsing.xml_trees import local_name, parse_xml
from nexus.models import LocatedText, ParsedDocument, ReadingWarning

_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
# A longer style sheet is not read.
_MOST_CSS = 700_000
_PAGES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/xml")
# Shops obfuscate fonts in books that anybody may read (IDPF, Adobe).
_FONTS_ONLY = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")


def read(content: bytes, *, read_hidden: bool = False) -> ParsedDocument:
    """The chapters that the book's spine names; `pages` is their number.

    A chapter that cannot be read is told and left out, as is hidden text unless `read_hidden`.
    Raises EncryptedDocument for a book under copy protection, and CorruptDocument.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if _ENCRYPTION in names and _is_locked(archive.read(_ENCRYPTION)):
            raise EncryptedDocument(
                "The book is under copy protection (DRM): upload a copy without it."
            )
        package = _package(archive, names)
        root = parse_xml(archive.read(package), forgiving=True)
        folder = posixpath.dirname(package)
        texts: list[LocatedText] = []
        warnings: list[ReadingWarning] = []
        count = 0
        sheets = _sheets(archive, names)
        contents = _contents(archive, names, root, folder)
        for path in dict.fromkeys(_spine(root, folder)):
            if path not in names:
                warnings.append(_unread(path, "a chapter that the book names is not in it"))
                continue
            try:
                content = archive.read(path)
                linked = sheets.of(f"/{quote(path)}")
                chapter = web.read(content, read_hidden=read_hidden, linked=linked)
            except Exception:  # noqa: BLE001 - one chapter is not the book
                warnings.append(_unread(path, "the chapter is damaged"))
                continue
            count += bool(chapter.texts)
            texts += _under(contents.get(path, ""), chapter.texts)
            warnings += chapter.warnings
    title = next((squeeze(one.text or "") for one in root.iter() if local_name(one) == "title"), "")
    return ParsedDocument(tuple(texts), title or None, max(count, 1), tuple(warnings))


def _sheets(archive: zipfile.ZipFile, names: set[str]) -> LinkedSheets:
    """The style sheets of the book, as its chapters link to them; addresses begin with "/"."""

    def read(address: str) -> str | None:
        path = unquote(address).removeprefix("/")
        if path not in names or archive.getinfo(path).file_size > _MOST_CSS:
            return None
        try:
            return archive.read(path).decode("utf-8-sig", "replace")
        except Exception:  # noqa: BLE001 - a damaged style sheet says nothing
            return None

    return LinkedSheets(read)


def _unread(path: str, what: str) -> ReadingWarning:
    return ReadingWarning(f"not read: {what}", path, "Export the book again from its source.")


def _is_locked(encryption: bytes) -> bool:
    root = parse_xml(encryption, forgiving=True)
    ways = [
        one.get("Algorithm", "") for one in root.iter() if local_name(one) == "EncryptionMethod"
    ]
    return any(way.encode() not in _FONTS_ONLY for way in ways)


def _package(archive: zipfile.ZipFile, names: set[str]) -> str:
    """The path of the book's package file."""
    if _CONTAINER in names:
        root = parse_xml(archive.read(_CONTAINER), forgiving=True)
        for one in root.iter():
            path = unquote(one.get("full-path", "")) if local_name(one) == "rootfile" else ""
            if path in names:
                return path
    for name in sorted(names):
        if name.endswith(".opf"):
            return name
    raise CorruptDocument(
        "The book (EPUB) has no list of its chapters: export it again from its source and upload "
        "that."
    )


def _spine(root: Any, folder: str) -> Iterator[str]:
    """The paths of the chapters in reading order; every page if the book names no order."""
    items: dict[str, Any] = {one.get("id", ""): one for one in root.iter() if _is_page(one)}
    named = [
        items[one.get("idref")]
        for one in root.iter()
        if local_name(one) == "itemref" and one.get("idref") in items
    ]
    for item in named or items.values():
        if "nav" not in (item.get("properties") or "").split():
            yield _path(folder, item.get("href", ""))


def _is_page(element: Any) -> bool:
    return local_name(element) == "item" and element.get("media-type", "").lower() in _PAGES


def _path(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _contents(archive: zipfile.ZipFile, names: set[str], root: Any, folder: str) -> dict[str, str]:
    """The titles that the table of contents (EPUB 3's or 2's) gives to chapters, by their paths."""
    titles: dict[str, str] = {}
    for item in root.iter():
        if local_name(item) != "item":
            continue
        is_new = "nav" in (item.get("properties") or "").split()
        if not is_new and item.get("media-type") != "application/x-dtbncx+xml":
            continue
        path = _path(folder, item.get("href", ""))
        if path not in names:
            continue
        table = parse_xml(archive.read(path), forgiving=True)
        base = posixpath.dirname(path)
        for one in table.iter():
            if is_new and local_name(one) == "a":
                target, words = one.get("href", ""), "".join(one.itertext())
            elif local_name(one) == "navPoint":
                target = next((c.get("src", "") for c in one if local_name(c) == "content"), "")
                words = "".join(
                    text for c in one if local_name(c) == "navLabel" for text in c.itertext()
                )
            else:
                continue
            if target:
                titles.setdefault(_path(base, target), squeeze(words))
    return titles


def _under(title: str, texts: tuple[LocatedText, ...]) -> list[LocatedText]:
    """The chapter's texts; those that no heading of its own heads stand under its title."""
    if not title:
        return list(texts)
    return [
        text
        if text.locator.heading
        else replace(text, locator=replace(text.locator, heading=(title,)))
        for text in texts
    ]
