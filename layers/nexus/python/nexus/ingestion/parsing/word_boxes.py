"""Brings what hangs on Word's paragraphs into the order of the text: boxes, charts, files."""

from __future__ import annotations

from typing import Any

from nexus.errors import DocumentRejected
from nexus.ingestion.parsing.charts import chart_lines
from nexus.ingestion.parsing.diagrams import diagram_text
from nexus.ingestion.parsing.equations import EQUATION, linear
from nexus.ingestion.parsing.pictures import is_large, unread
from nexus.ingestion.parsing.word_hidden import IN_BOX
from nexus.ingestion.parsing.word_xml import R, W, paragraph_of, remove, run_of
from nexus.models import ReadingWarning

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_CX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"
# An inserted file is unpacked in memory beside the document that holds it.
_MOST_UNPACKED = 64 * 1024 * 1024
_READ = {"docx": "word", "html": "web", "htm": "web", "xhtml": "web", "xht": "web", "txt": "plain"}
# Parts that are read: (element, attribute of the relationship).
_DRAWN = ((f"{_C}chart", "id"), (f"{_CX}chart", "id"), (f"{_DGM}relIds", "dm"))


def without_alternatives(root: Any) -> None:
    """Leaves of content in several versions the first one, which newer programs show."""
    for both in list(root.iter(f"{_MC}AlternateContent")):
        if both.find(f"{_MC}Choice") is not None:
            for old in both.findall(f"{_MC}Fallback"):
                both.remove(old)


def take_out_hidden(root: Any) -> int:
    """Removes the drawings that are switched off; how many of them held text."""
    found = 0
    for drawn in [one for one in root.iter(f"{_WP}docPr") if one.get("hidden") in ("1", "true")]:
        drawing = next(drawn.iterancestors(f"{W}drawing"), None)
        if drawing is not None and drawing.getparent() is not None:
            found += any((text.text or "").strip() for text in drawing.iter(f"{W}t"))
            remove(drawing)
    return found


def lift_boxes(root: Any) -> None:
    """Moves the paragraphs and tables of text boxes behind the paragraph that each hangs on."""
    for box in list(root.iter(f"{W}txbxContent")):
        anchor = next(box.iterancestors(f"{W}p"), None)
        if anchor is None:
            continue
        for block in reversed(list(box)):
            for paragraph in block.iter(f"{W}p"):
                paragraph.set(IN_BOX, "1")
            anchor.addnext(block)


def write_equations(root: Any) -> None:
    """Writes every equation below `root` as a run."""
    for equation in list(root.iter(EQUATION)):
        equation.getparent().replace(equation, run_of(equation, linear(equation)))


def write_drawings(root: Any, part: Any) -> list[ReadingWarning]:
    """Writes what charts and diagrams say behind the paragraphs that they hang on."""
    warnings = []
    for tag, attribute in _DRAWN:
        for count, drawn in enumerate(list(root.iter(tag)), start=1):
            kind = "diagram" if tag.startswith(_DGM) else "chart"
            lines = _lines(part.related_parts.get(drawn.get(f"{R}{attribute}", "")), kind)
            anchor = next(drawn.iterancestors(f"{W}p"), None)
            if not lines:
                warnings.append(unread(f"a {kind} is", f"{kind} {count}"))
            elif anchor is not None:
                for line in reversed(lines):
                    anchor.addnext(paragraph_of(anchor, line))
    return warnings


def _lines(part: Any, kind: str) -> list[str]:
    """What a part with a chart or a diagram says; [] for one that cannot be read."""
    from lxml.etree import LxmlError

    if part is None:
        return []
    try:
        root = parsed(part)
    except LxmlError:
        return []
    if kind == "chart":
        return chart_lines(root)
    return diagram_text(root).splitlines()


def parsed(part: Any) -> Any:
    """The XML of a part, whether python-docx knows its kind or not. Raises LxmlError."""
    from docx.oxml.parser import parse_xml

    element = getattr(part, "element", None)
    return parse_xml(part.blob) if element is None else element


def insert_files(root: Any, part: Any, depth: int) -> list[ReadingWarning]:
    """Writes the text of inserted files where they stand, and says which are not read."""
    warnings = []
    for count, chunk in enumerate(list(root.iter(f"{W}altChunk")), start=1):
        inserted = part.related_parts.get(chunk.get(f"{R}id", ""))
        extension = "" if inserted is None else str(inserted.partname).rsplit(".", 1)[-1].lower()
        texts, told = ([], []) if inserted is None else _inserted(inserted.blob, extension, depth)
        if not texts:
            named = f" ({extension.upper()})" if extension.isalnum() and len(extension) < 6 else ""
            told.append(
                ReadingWarning(
                    f"an inserted file{named} is not read",
                    f"inserted file {count}",
                    "Open the document in Word, save it as a new file and upload that.",
                )
            )
        warnings += told
        for text in reversed(texts):
            chunk.addnext(paragraph_of(chunk, text))
        remove(chunk)
    for count, _ in enumerate(root.iter(_OLE), start=1):
        warnings.append(
            ReadingWarning(
                "an embedded file is not read",
                f"embedded file {count}",
                "Upload the embedded file as a document of its own.",
            )
        )
    return warnings


def _inserted(content: bytes, extension: str, depth: int) -> tuple[list[str], list[ReadingWarning]]:
    from importlib import import_module

    from nexus.ingestion.parsing.zips import inspect

    form = _READ.get(extension)
    if form is None or depth > 1:
        return [], []
    try:
        if form == "word":
            inspect(content, _MOST_UNPACKED)
            from nexus.ingestion.parsing.word import read_nested

            found = read_nested(content, depth + 1)
        else:
            found = import_module(f"nexus.ingestion.parsing.{form}").read(content)
    except (DocumentRejected, ValueError, KeyError, OSError):
        return [], []
    texts: list[str] = []
    under: tuple[str, ...] = ()
    for one in found.texts:
        # A heading of the inserted file is kept as a line above its text.
        texts += [title for title in one.locator.heading if title not in under]
        under = one.locator.heading
        texts.append(one.text)
    return texts, list(found.warnings)


def pictures(root: Any, *, of_any_size: bool) -> list[ReadingWarning]:
    """A warning for each picture that is large enough to hold text, or for all of them."""
    warnings = []
    for count, picture in enumerate(_pictures(root), start=1):
        extent = picture.find(f"{_WP}extent")
        size = ("", "") if extent is None else (extent.get("cx", ""), extent.get("cy", ""))
        if of_any_size or is_large(*size):
            warnings.append(unread("a picture is", f"picture {count}"))
    return warnings


def _pictures(root: Any) -> list[Any]:
    found = [*root.iter(f"{_WP}inline"), *root.iter(f"{_WP}anchor")]
    return [one for one in found if next(one.iter(f"{_A}blip"), None) is not None]
