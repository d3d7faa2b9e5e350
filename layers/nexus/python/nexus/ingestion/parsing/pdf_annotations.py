"""Reads what was put onto a PDF page after it was made: values of form fields, and notes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.pdf_calls import address, calls
from nexus.ingestion.parsing.pdf_letters import Place
from nexus.ingestion.parsing.pdf_lines import Line

_MOST_ON_PAGE, _MOST_LINES = 1_000, 2_000
_LONGEST_VALUE = 10_000
# Annotations that a reader does not see.
_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5
_PASSWORD = 1 << 13
# A label stands so near to its field, in points: beside it, or above.
_BESIDE, _ABOVE = 250.0, 24.0


class Mark(NamedTuple):
    """A field's value or a note, and where it stands; a box to tick stands before its label."""

    text: str
    place: Place
    is_field: bool = False
    is_box: bool = False
    name: str = ""


def marks(
    page: Any,
    form: Any,
    shown: Callable[[float, float, float, float], Place],
    *,
    read_hidden: bool = False,
) -> tuple[list[Mark], bool]:
    """The values and notes on a page that a reader sees, and whether hidden ones are left out.

    `form` is PDFium's handle of the document's form, None if it has none. Values of password fields
    and signatures are not read.
    """
    from pypdfium2 import raw  # type: ignore[import-untyped]

    found, hides = list[Mark](), False
    skipped = (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP)
    count = min(raw.FPDFPage_GetAnnotCount(page), _MOST_ON_PAGE)
    for at in range(_links_at_first(page, count), count):
        annotation = raw.FPDFPage_GetAnnot(page, at)
        if not annotation:
            continue
        try:
            if raw.FPDFAnnot_GetSubtype(annotation) in skipped:
                continue
            mark = _mark(annotation, form, shown)
            if mark is None:
                continue
            flags = raw.FPDFAnnot_GetFlags(annotation)
            if flags & (_HIDDEN | _NO_VIEW) and not read_hidden:
                hides = True
            else:
                found.append(mark)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return found, hides


def _links_at_first(page: Any, count: int) -> int:
    """How many of the first annotations are links; on most pages with any, all of them are."""
    pdfium, there = calls(), address(page)
    place, into_place, into_link = pdfium.place, pdfium.into_place, pdfium.into_link
    place.value = links = 0
    while links < count and pdfium.next_link(there, into_place, into_link):
        if place.value != links + 1:
            break
        links += 1
    return links


def _mark(
    annotation: Any, form: Any, shown: Callable[[float, float, float, float], Place]
) -> Mark | None:
    from pypdfium2 import raw

    kind = raw.FPDFAnnot_GetSubtype(annotation)
    box = raw.FS_RECTF()
    if not raw.FPDFAnnot_GetRect(annotation, ctypes.byref(box)):
        return None
    place = shown(
        min(box.left, box.right),
        min(box.bottom, box.top),
        max(box.left, box.right),
        max(box.bottom, box.top),
    )
    if kind != raw.FPDF_ANNOT_WIDGET:
        text = _text(lambda *into: raw.FPDFAnnot_GetStringValue(annotation, b"Contents", *into))
        return Mark(text, place) if text else None
    return _field(annotation, form, place) if form is not None else None


def _field(annotation: Any, form: Any, place: Place) -> Mark | None:
    from pypdfium2 import raw

    field = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    flags = raw.FPDFAnnot_GetFormFieldFlags(form, annotation)
    if field in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        state = _text(lambda *into: raw.FPDFAnnot_GetStringValue(annotation, b"AS", *into))
        ticked = state not in ("", "Off")
        return Mark("[x]" if ticked else "[ ]", place, is_field=True, is_box=True)
    texts = (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX)
    if field not in texts or (field == texts[0] and flags & _PASSWORD):
        return None
    value = _text(lambda *into: raw.FPDFAnnot_GetFormFieldValue(form, annotation, *into))
    name = _text(lambda *into: raw.FPDFAnnot_GetFormFieldAlternateName(form, annotation, *into))
    return Mark(value, place, is_field=True, name=squeeze(name)) if value else None


def _text(call: Callable[..., int]) -> str:
    """What PDFium writes as UTF-16 with a closing zero; it answers how many bytes that takes."""
    size = min(call(None, 0), 2 * _LONGEST_VALUE)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    call(buffer, size)
    return clean(bytes(buffer)[: size - 2].decode("utf-16-le", "ignore"))


def with_marks(lines: Sequence[Line], found: Sequence[Mark]) -> list[Line]:
    """The lines with each value beside its label, and each note below the line that it is on."""
    result = list(lines)
    if len(result) > _MOST_LINES:
        return [*result, *(_line(mark.text, mark.place) for mark in sorted(found, key=_by_place))]
    for mark in sorted((mark for mark in found if mark.is_field), key=_by_place):
        _put(result, mark)
    for mark in sorted((mark for mark in found if not mark.is_field), key=_by_place):
        note = _line(mark.text, mark.place)._replace(is_note=True)
        result.insert(_below(result, mark.place), note)
    return result


def _by_place(mark: Mark) -> tuple[float, float]:
    return -mark.place.top, mark.place.left


def _put(lines: list[Line], mark: Mark) -> None:
    place = mark.place
    beside = [at for at, line in enumerate(lines) if _is_level(line, place)]
    after = [at for at in beside if lines[at].left >= place.left and not lines[at].cells]
    before = [at for at in beside if lines[at].left < place.left and not lines[at].cells]
    if mark.is_box and after:
        at = min(after, key=lambda at: lines[at].left)
        if lines[at].left - place.right < 2 * _ABOVE:
            lines[at] = lines[at]._replace(
                text=f"{mark.text} {lines[at].text}", left=place.left, is_row=True
            )
            return
    text = squeeze(mark.text)
    if before:
        at = max(before, key=lambda at: lines[at].left)
        if place.left - lines[at].right < _BESIDE:
            grown = f"{lines[at].text} {text}"
            lines[at] = lines[at]._replace(text=grown, right=place.right, is_row=True)
            return
    above = [
        at
        for at, line in enumerate(lines)
        if -4 < line.bottom - place.top < _ABOVE
        and line.left < place.right
        and line.right > place.left
    ]
    if above:
        at = min(above, key=lambda at: lines[at].bottom)
        lines[at] = lines[at]._replace(text=f"{lines[at].text} {text}", is_row=True)
        return
    if mark.is_box:
        return  # without a label it says nothing
    label = f"{mark.name}: " if mark.name else ""
    lines.insert(_below(lines, place), _line(label + text, place))


def _is_level(line: Line, place: Place) -> bool:
    middle = (line.bottom + line.top) / 2
    return bool(line.size) and place.bottom <= middle <= place.top


def _below(lines: Sequence[Line], place: Place) -> int:
    """Where a line goes that stands at this height: behind the paragraph of the nearest line."""
    middle = (place.bottom + place.top) / 2
    near = [
        (abs((line.bottom + line.top) / 2 - middle), at)
        for at, line in enumerate(lines)
        if line.size and not line.is_note
    ]
    if not near:
        return len(lines)
    at = min(near)[1]
    while at + 1 < len(lines) and (lines[at + 1].is_note or _is_close(lines[at], lines[at + 1])):
        at += 1
    return at + 1


def _is_close(above: Line, line: Line) -> bool:
    if above.table is not None and above.table is line.table:
        return True
    gap = above.bottom - line.top
    return not above.table and not line.table and -above.size < gap < 0.5 * above.size


def _line(text: str, place: Place) -> Line:
    size = min(place.top - place.bottom, 12.0)
    return Line(text, place.left, place.right, place.bottom, place.top, size, size, True)


def form_of(document: Any) -> Any:
    """PDFium's handle of the document's form, None if it has none; before a page is loaded."""
    from pypdfium2 import raw

    if raw.FPDF_GetFormType(document) == raw.FORMTYPE_NONE:
        return None
    document.init_forms()
    return document.formenv
