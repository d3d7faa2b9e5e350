"""Calls PDFium's functions on letters and drawings without ctypes' checks of every argument.

A page takes hundreds of these calls, and with checked arguments the checks take most of the time.
Handles and places to write to are addresses here: `address` makes them of pypdfium2's own.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

_INT, _POINTER = ctypes.c_int, ctypes.c_void_p


class Calls:
    """The functions by their names in PDFium, and buffers that one call at a time writes to.

    `box` is a loose box of a letter; `colour` is red, green, blue and alpha, each from 0 to 255;
    `edges` are left, bottom, right and top of a drawing (of a stroke's point, x and y), `modes` how
    it is filled and whether it is stroked. PDFium is used by one thread at a time.
    """

    def __init__(self) -> None:
        from pypdfium2 import raw  # type: ignore[import-untyped]

        def call(name: str, result: Any, *arguments: Any) -> Any:
            # The lock of the interpreter is kept: giving it up costs more than the call.
            prototype = ctypes.PYFUNCTYPE(result, *arguments)
            return prototype(ctypes.cast(getattr(raw, name), _POINTER).value or 0)

        four = (_POINTER,) * 4
        self.loose_box = call("FPDFText_GetLooseCharBox", _INT, _POINTER, _INT, _POINTER)
        self.fill_colour = call("FPDFText_GetFillColor", _INT, _POINTER, _INT, *four)
        self.text_object = call("FPDFText_GetTextObject", _POINTER, _POINTER, _INT)
        self.render_mode = call("FPDFTextObj_GetTextRenderMode", _INT, _POINTER)
        self.font_info = call(
            "FPDFText_GetFontInfo",
            ctypes.c_ulong,
            _POINTER,
            _INT,
            _POINTER,
            ctypes.c_ulong,
            _POINTER,
        )
        self.text_index = call("FPDFText_GetTextIndexFromCharIndex", _INT, _POINTER, _INT)
        self.text = call("FPDFText_GetText", _INT, _POINTER, _INT, _INT, _POINTER)
        self.count_segments = call("FPDFText_CountRects", _INT, _POINTER, _INT, _INT)
        self.segment = call("FPDFText_GetRect", _INT, _POINTER, _INT, *four)
        self.page_box = call("FPDF_GetPageBoundingBox", _INT, _POINTER, _POINTER)
        self.rotation = call("FPDFPage_GetRotation", _INT, _POINTER)
        self.width = call("FPDF_GetPageWidthF", ctypes.c_float, _POINTER)
        self.height = call("FPDF_GetPageHeightF", ctypes.c_float, _POINTER)
        self.count_characters = call("FPDFText_CountChars", _INT, _POINTER)
        self.count_objects = call("FPDFPage_CountObjects", _INT, _POINTER)
        self.page_object = call("FPDFPage_GetObject", _POINTER, _POINTER, _INT)
        self.kind = call("FPDFPageObj_GetType", _INT, _POINTER)
        self.bounds = call("FPDFPageObj_GetBounds", _INT, _POINTER, *four)
        self.draw_mode = call("FPDFPath_GetDrawMode", _INT, _POINTER, _POINTER, _POINTER)
        self.count_strokes = call("FPDFPath_CountSegments", _INT, _POINTER)
        self.stroke = call("FPDFPath_GetPathSegment", _POINTER, _POINTER, _INT)
        self.stroke_kind = call("FPDFPathSegment_GetType", _INT, _POINTER)
        self.stroke_point = call("FPDFPathSegment_GetPoint", _INT, _POINTER, _POINTER, _POINTER)
        self.stroke_closes = call("FPDFPathSegment_GetClose", _INT, _POINTER)
        self.matrix_of = call("FPDFPageObj_GetMatrix", _INT, _POINTER, _POINTER)
        self.object_colour = call("FPDFPageObj_GetFillColor", _INT, _POINTER, *four)
        self.annotation = call("FPDFPage_GetAnnot", _POINTER, _POINTER, _INT)
        self.annotation_kind = call("FPDFAnnot_GetSubtype", _INT, _POINTER)
        self.close_annotation = call("FPDFPage_CloseAnnot", None, _POINTER)
        self.box = raw.FS_RECTF()
        self.into_box = ctypes.addressof(self.box)
        self.last_box = raw.FS_RECTF()
        self.into_last_box = ctypes.addressof(self.last_box)
        self.colour = (ctypes.c_uint * 4)()
        self.into_colour = _addresses(self.colour)
        self.modes = (ctypes.c_int * 2)()
        self.into_modes = _addresses(self.modes)
        self.edges = (ctypes.c_float * 4)()
        self.into_edges = _addresses(self.edges)
        self.matrix = (ctypes.c_float * 6)()
        self.into_matrix = ctypes.addressof(self.matrix)
        self.sides = (ctypes.c_double * 4)()
        self.into_sides = _addresses(self.sides)
        self.name = ctypes.create_string_buffer(128)
        self.into_name = ctypes.addressof(self.name)
        self.flags = ctypes.c_int()
        self.into_flags = ctypes.addressof(self.flags)


@cache
def calls() -> Calls:
    """The one set of functions."""
    return Calls()


def address(handle: Any) -> int:
    """The address of one of pypdfium2's handles."""
    return ctypes.cast(handle, _POINTER).value or 0


def _addresses(array: Any) -> list[int]:
    step = ctypes.sizeof(array._type_)
    return [ctypes.addressof(array) + step * at for at in range(len(array))]
