"""Reads what Word keeps outside a document's body: footnotes, endnotes, headers and footers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.word_text import paragraph_text
from nexus.ingestion.parsing.word_xml import W, is_on, paragraph_of, remove, run_of, runs

_KINDS = (("footnote", "Note"), ("endnote", "Endnote"))
# Fields that say another thing on every page.
_AROUND = 3
_PAGE_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF"}


def write_notes(
    root: Any, notes: dict[str, Any], styles_level: Callable[[Any], int | None]
) -> None:
    """Writes each note below the paragraph that refers to it, as a line of the same text.

    `notes` are the parsed parts by kind, "footnote" and "endnote". The note of a heading becomes a
    paragraph under it.
    """
    for kind, label in _KINDS:
        part = notes.get(kind)
        if part is None:
            continue
        texts = {
            note.get(f"{W}id"): squeeze(" ".join(clean(text) for text in _paragraphs(note)))
            for note in part.iterchildren(f"{W}{kind}")
        }
        count = 0
        for reference in list(root.iter(f"{W}{kind}Reference")):
            if not _has_own_mark(reference):
                count += 1
            text = texts.pop(reference.get(f"{W}id"), "")
            paragraph = next(reference.iterancestors(f"{W}p"), None)
            if not text or paragraph is None:
                continue
            said = f"{label} {count}: {text}"
            if styles_level(paragraph) is not None:
                paragraph.addnext(paragraph_of(paragraph, said))
                continue
            in_cell = next(paragraph.iterancestors(f"{W}tc"), None) is not None
            paragraph.append(run_of(paragraph, f" ({said})" if in_cell else f"\n{said}"))


def _has_own_mark(reference: Any) -> bool:
    """Whether the author chose the mark of a note, so that it does not count."""
    return reference.get(f"{W}customMarkFollows", "0") not in ("0", "false", "off")


def margins(document: Any) -> Iterator[Any]:
    """The parsed headers and footers of all sections, each once, in the order of the pages."""
    seen: set[str] = set()
    settings = document.settings.element
    has_even = settings.find(f"{W}evenAndOddHeaders") is not None
    for kind in ("header", "footer"):
        for section in document.sections:
            wanted = ["default"]
            if is_on(section._sectPr, f"{W}titlePg"):
                wanted.insert(0, "first")
            if has_even:
                wanted.append("even")
            for reference in section._sectPr.iterchildren(f"{W}{kind}Reference"):
                if reference.get(f"{W}type", "default") not in wanted:
                    continue
                name = reference.rId
                part = document.part.related_parts.get(name)
                if part is None or str(part.partname) in seen:
                    continue
                seen.add(str(part.partname))
                yield part


def without_page_numbers(root: Any) -> None:
    """Takes the fields out that count pages, and the few words around them ("Page 2 of 9")."""
    for paragraph in list(root.iter(f"{W}p")):
        found = _without_complex_fields(paragraph)
        for field in list(paragraph.iter(f"{W}fldSimple")):
            if _is_page_field(field.get(f"{W}instr", "")):
                remove(field)
                found = True
        words = paragraph_text(paragraph).split() if found else []
        if found and len(words) <= _AROUND and not any(map(str.isdigit, "".join(words))):
            for run in runs(paragraph):
                remove(run)


def _without_complex_fields(paragraph: Any) -> bool:
    """A complex field is a run that begins it, its instruction, one that ends that, its result."""
    inside, instruction, result, found = 0, "", False, False
    for run in runs(paragraph):
        kinds = [one.get(f"{W}fldCharType") for one in run.iterchildren(f"{W}fldChar")]
        if "begin" in kinds:
            inside, instruction, result = inside + 1, "", False
        instruction += "".join(one.text or "" for one in run.iterchildren(f"{W}instrText"))
        if inside and _is_page_field(instruction):
            found = True
            if result and "end" not in kinds:
                remove(run)
        if "separate" in kinds:
            result = True
        if "end" in kinds:
            inside, result = max(inside - 1, 0), False
    return found


def _is_page_field(instruction: str) -> bool:
    words = instruction.split(maxsplit=1)
    return bool(words) and words[0].upper() in _PAGE_FIELDS


def _paragraphs(note: Any) -> Iterator[str]:
    for paragraph in note.iter(f"{W}p"):
        yield paragraph_text(paragraph)
