"""Calls PDFium's functions on letters and drawings without ctypes' checks of every argument.

A page takes hundreds of these calls, and with checked arguments the checks take most of the time.
What is no whole number is passed as it is to be: an `Address`, or a place that the function writes
to. PDFium's handles of pages and objects are addresses; `address` makes them of pypdfium2's own.
"""

from __future__ import annotations

import ctypes
import struct
from functools import cache, partial
from typing import Any

_INT = ctypes.c_int
# A page takes about half a megabyte; so much, and up to twice as much, is kept for the next ones.
_KEPT = 8 * 1024 * 1024


class Address(ctypes.c_void_p):
    """An address that functions give and take; its `value` is a number, None for none."""


class Calls:
    """The functions by their names in PDFium, and buffers that one call at a time writes to.

    `text_object` gives a number, as it is compared more often than it is passed on: `Address` makes
    an argument of it. `box` and `last_box` are loose boxes of letters, and `corners` gives left,
    top, right and bottom of both, faster than one by one; `colour` is red, green, blue and alpha,
    each from 0 to 255; `edges` are left, bottom, right and top of a drawing (of a stroke's point, x
    and y), `modes` how it is filled and whether it is stroked. PDFium is used by one thread at a
    time.
    """

    def __init__(self) -> None:
        self.count_characters = _call("FPDFText_CountChars")
        self.loose_box = _call("FPDFText_GetLooseCharBox")
        self.painted_box = _call("FPDFText_GetCharBox")
        self.fill_colour = _call("FPDFText_GetFillColor")
        self.text_object = _call("FPDFText_GetTextObject", ctypes.c_void_p)
        self.font_info = _call("FPDFText_GetFontInfo", ctypes.c_ulong)
        self.text_index = _call("FPDFText_GetTextIndexFromCharIndex")
        self.text = _call("FPDFText_GetText")
        self.count_segments = _call("FPDFText_CountRects")
        self.segment = _call("FPDFText_GetRect")
        self.count_objects = _call("FPDFPage_CountObjects")
        self.page_object = _call("FPDFPage_GetObject", Address)
        self.count_nested = _call("FPDFFormObj_CountObjects")
        self.nested_object = _call("FPDFFormObj_GetObject", Address)
        self.kind = _call("FPDFPageObj_GetType")
        self.bounds = _call("FPDFPageObj_GetBounds")
        self.render_mode = _call("FPDFTextObj_GetTextRenderMode")
        self.font_of = _call("FPDFTextObj_GetFont", ctypes.c_void_p)
        self.draw_mode = _call("FPDFPath_GetDrawMode")
        self.count_strokes = _call("FPDFPath_CountSegments")
        self.stroke = _call("FPDFPath_GetPathSegment", Address)
        self.stroke_kind = _call("FPDFPathSegment_GetType")
        self.stroke_point = _call("FPDFPathSegment_GetPoint")
        self.stroke_closes = _call("FPDFPathSegment_GetClose")
        self.matrix_of = _call("FPDFPageObj_GetMatrix")
        self.object_colour = _call("FPDFPageObj_GetFillColor")
        self.has_transparency = _call("FPDFPageObj_HasTransparency")
        self.count_marks = _call("FPDFPageObj_CountMarks")
        self.structure_number = _call("FPDFPageObj_GetMarkedContentID")
        self.mark = _call("FPDFPageObj_GetMark", ctypes.c_void_p)
        self.mark_name = _call("FPDFPageObjMark_GetName")
        self.mark_bytes = _call("FPDFPageObjMark_GetParamBlobValue")
        self.stroke_colour = _call("FPDFPageObj_GetStrokeColor")
        self.stroke_width = _call("FPDFPageObj_GetStrokeWidth")
        self.count_dashes = _call("FPDFPageObj_GetDashCount")
        self.clip_of = _call("FPDFPageObj_GetClipPath", Address)
        self.count_clips = _call("FPDFClipPath_CountPaths")
        self.count_clip_strokes = _call("FPDFClipPath_CountPathSegments")
        self.clip_stroke = _call("FPDFClipPath_GetPathSegment", Address)
        self.next_link = _call("FPDFLink_Enumerate")
        self.first_bookmark = _call("FPDFBookmark_GetFirstChild", Address)
        self.next_bookmark = _call("FPDFBookmark_GetNextSibling", Address)
        self.bookmark_title = _call("FPDFBookmark_GetTitle", ctypes.c_ulong)
        self.bookmark_target = _call("FPDFBookmark_GetDest", Address)
        self.target_page = _call("FPDFDest_GetDestPageIndex")
        self._take_page_calls()
        self._make_buffers()

    def _take_page_calls(self) -> None:
        """What is asked of a page once."""
        from pypdfium2 import raw  # type: ignore[import-untyped]

        self.count_annotations = _call("FPDFPage_GetAnnotCount")
        self.page_box = _call("FPDF_GetPageBoundingBox")
        self.rotation = _call("FPDFPage_GetRotation")
        self.width = _call("FPDF_GetPageWidthF", ctypes.c_float)
        self.height = _call("FPDF_GetPageHeightF", ctypes.c_float)
        # These take long enough to give up the interpreter's lock.
        self.load_page, self.close_page = raw.FPDF_LoadPage, raw.FPDF_ClosePage
        self.load_text, self.close_text = raw.FPDFText_LoadPage, raw.FPDFText_ClosePage

    def _make_buffers(self) -> None:
        from pypdfium2 import raw

        boxes = (raw.FS_RECTF * 2)()
        self.box, self.last_box = boxes
        self.into_box, self.into_last_box = ctypes.byref(self.box), ctypes.byref(self.last_box)
        self.corners = partial(struct.Struct("8f").unpack_from, memoryview(boxes).cast("B"))
        self.colour = (ctypes.c_uint * 4)()
        self.into_colour = _places(self.colour)
        self.modes = (_INT * 2)()
        self.into_modes = _places(self.modes)
        self.edges = (ctypes.c_float * 4)()
        self.into_edges = _places(self.edges)
        self.matrix = (ctypes.c_float * 6)()
        self.into_matrix = ctypes.byref(self.matrix)
        self.sides = (ctypes.c_double * 4)()
        self.into_sides = _places(self.sides)
        self.name = ctypes.create_string_buffer(128)
        self.name_size = ctypes.c_ulong(len(self.name))
        self.written = ctypes.c_ulong()
        self.into_written = ctypes.byref(self.written)
        self.flags = _INT()
        self.into_flags = ctypes.byref(self.flags)
        self.place = _INT()
        self.into_place = ctypes.byref(self.place)
        self.link = Address()
        self.into_link = ctypes.byref(self.link)


def _call(name: str, result: Any = _INT) -> Any:
    from pypdfium2 import raw

    # The lock of the interpreter is kept: giving it up costs more than the call.
    prototype = ctypes.PYFUNCTYPE(result)
    return prototype(ctypes.cast(getattr(raw, name), ctypes.c_void_p).value or 0)


@cache
def calls() -> Calls:
    """The one set of functions."""
    _keep_freed_memory()
    return Calls()


def _keep_freed_memory() -> None:
    """Has glibc keep the memory that a page frees for the next one.

    It gives back what exceeds twice the largest block that was ever mapped and freed (mallopt(3),
    M_MMAP_THRESHOLD). Where that was a small one, each page's memory is fetched anew, which takes
    an eighth of the time. Other allocators are not changed by it.
    """
    bytes(_KEPT)


def address(handle: Any) -> Any:
    """The address of one of pypdfium2's handles, as an argument that is made once for all calls."""
    # A cast would take five times as long.
    return ctypes.c_void_p.from_param(ctypes.addressof(handle.contents))


def failure(what: str) -> Exception:
    """The PdfiumError to raise, imported only now: an import takes as long as several calls."""
    from pypdfium2 import PdfiumError

    made: Exception = PdfiumError(what)
    return made


def _places(array: Any) -> list[Any]:
    step = ctypes.sizeof(array._type_)
    return [ctypes.byref(array, step * at) for at in range(len(array))]
