"""Recognises the text of the pictures in office files and books, and puts it where they stand."""

from __future__ import annotations

import hashlib
import io
import posixpath
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace

from nexus.ingestion.parsing.inside import extension_of
from nexus.ingestion.parsing.pictures import unread
from nexus.ingestion.parsing.recognition import opened, recogniser
from nexus.ingestion.parsing.xml_trees import local_name, parse_xml
from nexus.models import LocatedText, Locator, ParsedDocument, ReadingWarning

# The formats in which pictures are looked for, and the folders that hold them ("" is any).
FOLDERS = {"word": "word/media/", "slides": "ppt/media/", "open_document": "Pictures/", "ebook": ""}
_EXTENSIONS = {"png", "jpg", "jpeg", "tif", "tiff", "gif", "bmp"}
_MOST_PICTURES = 500
_NOT_READ = unread("a picture is", "").what
_AGAIN = "Upload the picture by itself if it holds text."


def with_pictures(
    document: ParsedDocument, content: bytes, form: str, *, read_hidden: bool = False
) -> ParsedDocument:
    """The document and, behind its own texts, those of its pictures; of equal ones the first.

    A slide's picture stands under the slide's title; those of hidden slides are read only to
    `read_hidden`. Raises ConfigurationError.
    """
    titles = {text.locator.slide: text.locator.heading for text in document.texts}
    texts: list[LocatedText] = []
    damaged: list[str] = []
    seen: set[bytes] = set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, recogniser() as tesseract:
        for name, slide in _pictures(archive, form, read_hidden=read_hidden):
            shown = posixpath.basename(name) if slide is None else f"{slide}"
            try:
                data = archive.read(name)
                mark = hashlib.sha256(data).digest()
                if mark in seen:
                    continue
                seen.add(mark)
                with opened(data) as image:
                    found = tesseract.picture(image, shown)
            except Exception:  # noqa: BLE001 - whatever PIL says, one picture is not the whole
                damaged.append(shown)
                continue
            heading = titles.get(slide, ()) if slide else (f"Picture {shown}",)
            place = Locator(slide=slide, heading=heading)
            texts += [LocatedText(text, place) for text in found]
        warnings = list(tesseract.warnings("slide" if form == "slides" else "picture"))
    if damaged:
        told = ReadingWarning("not read: pictures of another kind or damaged", "", _AGAIN)
        warnings.append(replace(told, where=", ".join(damaged[:20])))
    joined = (*document.texts, *texts)
    if form == "slides":
        joined = tuple(sorted(joined, key=lambda text: text.locator.slide or 0))
    # That a picture is not read was said by those who do not look into it.
    kept = [told for told in document.warnings if told.what != _NOT_READ]
    return replace(document, texts=joined, warnings=(*kept, *warnings))


def _pictures(
    archive: zipfile.ZipFile, form: str, *, read_hidden: bool
) -> Iterator[tuple[str, int | None]]:
    """The names of the pictures in the file, each with its slide in a presentation."""
    named = [(name, None) for name in archive.namelist() if name.startswith(FOLDERS[form])]
    found: Iterable[tuple[str, int | None]] = (
        _on_slides(archive, read_hidden=read_hidden) if form == "slides" else named
    )
    count = 0
    for name, slide in found:
        if extension_of(name) in _EXTENSIONS and count < _MOST_PICTURES:
            count += 1
            yield name, slide


def _on_slides(archive: zipfile.ZipFile, *, read_hidden: bool) -> Iterator[tuple[str, int]]:
    """What the slides that are read show, slide by slide; a master's pictures decorate."""
    names = set(archive.namelist())
    order = _targets(archive, "ppt/presentation.xml", names)
    root = parse_xml(archive.read("ppt/presentation.xml"))
    listed = [element for element in root.iter() if local_name(element) == "sldId"]
    for number, element in enumerate(listed, start=1):
        ids = [value for name, value in element.attrib.items() if name.endswith("}id")]
        path = order.get(ids[0] if ids else "", "")
        if path not in names:
            continue
        if not read_hidden and parse_xml(archive.read(path)).get("show") == "0":
            continue
        for target in _targets(archive, path, names).values():
            if target.startswith(FOLDERS["slides"]):
                yield target, number


def _targets(archive: zipfile.ZipFile, path: str, names: set[str]) -> dict[str, str]:
    """What a part refers to within the file, by the names of its relationships."""
    folder, name = posixpath.split(path)
    table = f"{folder}/_rels/{name}.rels"
    if table not in names:
        return {}
    found = {}
    for element in parse_xml(archive.read(table)):
        target = posixpath.normpath(posixpath.join(folder, element.get("Target", ""))).lstrip("/")
        if target in names:
            found[element.get("Id", "")] = target
    return found
