"""What a PDF page paints over its text is told without painting it: nothing hostile takes long.

The files are written out here, since libraries write none of these.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable

import pytest

from nexus.errors import EmptyDocument
from tests.unit.documents_made import lines, read

SECRET = "BT /F1 12 Tf 50 600 Td (secret 777) Tj ET\n"
OPENS = "BT /F1 12 Tf 50 780 Td (The bridge opens at noon.) Tj ET\n"
CLOSES = "BT /F1 12 Tf 50 500 Td (It closes at dusk.) Tj ET\n"
BOX = "0 g 45 595 200 20 re f\n"
LAYER = "/OCProperties << /OCGs [20 0 R] /D << /OFF [20 0 R] >> >>"
OCG = "<< /Type /OCG /Name (Notes) >>"


def pdf(
    content: str,
    resources: str = "",
    objects: dict[int, bytes | str] | None = None,
    *,
    media: str = "0 0 612 792",
    root: str = "",
) -> bytes:
    """A document of one page; `objects` by their numbers, from 10."""
    made: dict[int, bytes | str] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {root} >>",
        2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: f"<< /Type /Page /Parent 2 0 R /MediaBox [{media}] /Contents 4 0 R "
        f"/Resources << /Font << /F1 5 0 R >> {resources} >> >>",
        4: stream("", content),
        5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        **(objects or {}),
    }
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in sorted(made.items()):
        places[number] = len(out)
        given = body.encode("latin-1") if isinstance(body, str) else body
        out += b"%d 0 obj\n%s\nendobj\n" % (number, given)
    start, size = len(out), max(made) + 1
    out += b"xref\n0 %d\n" % size
    for number in range(size):
        known = places.get(number)
        out += b"0000000000 65535 f \n" if known is None else b"%010d 00000 n \n" % known
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
    return bytes(out) + trailer % (size, start)


def stream(entries: str, data: str | bytes) -> bytes:
    given = data.encode("latin-1") if isinstance(data, str) else data
    return b"<< %s /Length %d >> stream\n%s\nendstream" % (entries.encode(), len(given), given)


def form(content: str, entries: str = "") -> bytes:
    return stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F1 5 0 R >> "
        f"/ExtGState << /M << /BM /Multiply >> >> /Properties << /L 20 0 R >> >> {entries}",
        content,
    )


HIDING = {
    "in a form": pdf("/X Do", "/XObject << /X 10 0 R >>", {10: form(SECRET + BOX)}),
    "in a form that is moved": pdf(
        "q .5 0 0 .5 20 30 cm /X Do Q", "/XObject << /X 10 0 R >>", {10: form(SECRET + BOX)}
    ),
    "by a thick stroke": pdf(SECRET + "0 G 30 w 40 604 m 300 604 l S"),
    "by two boxes": pdf(SECRET + "0 g 45 595 38 20 re 80 595 100 20 re f"),
    "on a page of ten metres": pdf(SECRET + BOX, media="0 0 28000 28000"),
    "by a layer with a name of any letters": pdf(
        "/OC /L BDC " + SECRET + "EMC",
        "/Properties << /L 20 0 R >>",
        {20: "<< /Type /OCG /Name <FEFF004E00F6> >>"},
        root=LAYER,
    ),
    "by a layer within a form": pdf(
        "q 1 0 0 1 9 9 cm /X Do Q",
        "/XObject << /X 10 0 R >>",
        {10: form("/OC /L BDC " + SECRET + "EMC"), 20: OCG},
        root=LAYER,
    ),
}


@pytest.mark.parametrize("content", HIDING.values(), ids=HIDING)
def test_text_that_is_surely_covered_or_off_is_left_out_and_said_so(content: bytes) -> None:
    with pytest.raises(EmptyDocument, match="hidden"):
        read(content, "a.pdf")


def _over(operators: str, resources: str = "", objects: dict[int, bytes | str] | None = None):
    return pdf(OPENS + SECRET + operators + CLOSES, resources, objects)


def _hatch(kind: int) -> dict[int, bytes | str]:
    colour = "" if kind == 2 else "1 0 0 rg "
    entries = f"/PatternType 1 /PaintType {kind} /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9"
    return {10: stream(entries + " /Resources << >>", colour + "0 0 2 2 re f")}


PICTURE = stream(
    "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
    "\x80",
)
SHADING = (
    "<< /PatternType 2 /Shading << /ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 9 9] "
    "/Function 11 0 R >> >>"
)
RAMP = "<< /FunctionType 2 /Domain [0 1] /C0 [0] /C1 [1] /N 1 >>"
SHOWING = {
    "a frame": _over("0 g 20 20 572 752 re 30 30 552 732 re f*\n"),
    "a frame of two ways": _over("0 g 20 20 572 752 re 30 30 m 30 782 l 582 782 l 582 30 l h f\n"),
    "a disc": _over("0 g 45 595 m 45 700 245 700 245 595 c 245 500 45 500 45 595 c f\n"),
    "a box that is cut to another place": _over("q 0 0 10 10 re W n " + BOX + "Q\n"),
    "a box that is cut by a triangle": _over("q 0 0 m 600 0 l 300 800 l h W n " + BOX + "Q\n"),
    "a box cut by letters": _over(
        "q BT 7 Tr /F1 40 Tf 50 595 Td (Noon) Tj ET " + BOX + "Q BT 0 Tr ET\n"
    ),
    "a box of a colour that shines through": _over(
        "/M gs 1 1 0 rg 45 595 200 20 re f\n", "/ExtGState << /M << /BM /Multiply >> >>"
    ),
    "half transparent": _over("/A gs " + BOX, "/ExtGState << /A << /ca .5 >> >>"),
    "a hatch": _over(
        "/P0 cs 1 0 0 /P scn 45 595 200 20 re f\n",
        "/Pattern << /P 10 0 R >> /ColorSpace << /P0 [/Pattern /DeviceRGB] >>",
        _hatch(2),
    ),
    "a coloured pattern": _over(
        "/Pattern cs /P scn 45 595 200 20 re f\n", "/Pattern << /P 10 0 R >>", _hatch(1)
    ),
    "a box of a layer": _over(
        "/OC /L BDC " + BOX + "EMC\n", "/Properties << /L 20 0 R >>", {20: OCG}
    ),
    "a form that is a highlighter": _over(
        "/X Do\n", "/XObject << /X 10 0 R >>", {10: form("/M gs 1 1 0 rg 45 595 200 20 re f")}
    ),
    "a picture that may be of the words": _over(
        "q 612 0 0 300 0 500 cm /I Do Q\n", "/XObject << /I 10 0 R >>", {10: PICTURE}
    ),
    "a picture of the words over a white ground": _over(
        "1 g 0 550 612 200 re f q 612 0 0 200 0 550 cm /I Do Q 0 g\n",
        "/XObject << /I 10 0 R >>",
        {10: PICTURE},
    ),
    "a dashed stroke": _over("[3 9] 0 d 0 G 30 w 40 604 m 300 604 l S\n"),
    "a ground that is painted between the same words": _over(
        "1 1 0 rg 45 595 200 20 re f 0 g\n" + SECRET
    ),
    "a shading that ends before": _over(
        "/Pattern cs /P scn 45 595 200 20 re f 0 g\n",
        "/Pattern << /P 10 0 R >>",
        {10: SHADING, 11: RAMP},
    ),
    "an ink that is none": _over(
        "/N cs 1 scn 45 595 200 20 re f 0 g\n",
        "/ColorSpace << /N [/Separation /None /DeviceGray 11 0 R] >>",
        {11: RAMP},
    ),
    "an ink over the others": _over(
        "/O gs 0 0 1 0 k 45 595 200 20 re f 0 g\n", "/ExtGState << /O << /op true /OPM 1 >> >>"
    ),
    "a box beside it": _over("0 g 130 595 200 20 re f 45 612 200 9 re f\n"),
}


@pytest.mark.parametrize("content", SHOWING.values(), ids=SHOWING)
def test_text_that_may_be_seen_is_read_without_a_warning(content: bytes) -> None:
    found = read(content, "a.pdf")
    said = " ".join(lines(found))
    assert "secret 777" in said
    assert "bridge opens" in said
    assert found.warnings == ()


def test_a_word_under_a_box_is_left_out_of_its_line() -> None:
    line = "BT /F1 12 Tf 50 600 Td (The code is 777 for all.) Tj ET\n"
    found = read(pdf(OPENS + line + "0 g 113 596 21 14 re f\n" + CLOSES), "a.pdf")
    said = " ".join(lines(found))
    assert "The code is" in said
    assert "for all." in said
    assert "777" not in said
    assert [one.what for one in found.warnings] == ["hidden text is left out"]


@pytest.mark.parametrize("name", ["(N\\8)", "(N\\400)", "(N", "<4e4>", "[(N)]"])
def test_a_layer_whose_name_is_written_wrongly_leaves_the_other_text_read(name: str) -> None:
    content = pdf(
        OPENS + "/OC /L BDC " + SECRET + "EMC\n" + CLOSES,
        "/Properties << /L 20 0 R >>",
        {20: f"<< /Type /OCG /Name {name} >>"},
        root=LAYER,
    )
    said = " ".join(lines(read(content, "a.pdf")))
    assert "bridge opens" in said
    assert "at dusk" in said


def test_a_layer_that_an_update_may_have_switched_on_is_read() -> None:
    state = zlib.compress(b"21 0 << /ON [20 0 R] >>")
    packed = "/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode"
    content = pdf(
        OPENS + "/OC /L BDC " + SECRET + "EMC\n",
        "/Properties << /L 20 0 R >>",
        {20: OCG, 21: "<< /OFF [20 0 R] >>", 22: stream(packed, state)},
        root="/OCProperties << /OCGs [20 0 R] /D 21 0 R >>",
    )
    assert "secret 777" in " ".join(lines(read(content, "a.pdf")))


TILES = "/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep .01 /YStep .01"
DOTS = (
    "/Type /XObject /Subtype /Image /Width 20000 /Height 20000 /ColorSpace /DeviceGray "
    "/BitsPerComponent 1 /Filter /FlateDecode"
)
MANY = "".join(
    f"BT /F1 4 Tf {10 + n % 5 * 100} {780 - n // 5 * 1.5:.1f} Td (w{n}) Tj ET\n"
    for n in range(2_000)
)
BOMBS = {
    "a pattern of tiny tiles": lambda: pdf(
        OPENS + SECRET + BOX + "/Pattern cs /P scn 0 0 612 500 re f\n" + CLOSES,
        "/Pattern << /P 10 0 R >>",
        {10: stream(TILES + " /Resources << >>", "1 0 0 rg 0 0 1 1 re f")},
    ),
    "a picture of 400 million dots": lambda: pdf(
        OPENS + SECRET + BOX + "q 20 0 0 20 10 10 cm /I Do Q\n" + CLOSES,
        "/XObject << /I 10 0 R >>",
        {10: stream(DOTS, zlib.compress(bytes(50_000_000)))},
    ),
    "thousands of boxes over thousands of words": lambda: pdf(
        OPENS * 3 + MANY + CLOSES + "1 g 0 0 612 792 re f\n" * 2_000 + CLOSES
    ),
    "a layer and as many objects": lambda: pdf(
        OPENS + "/OC /L BDC " + MANY + "EMC\n",
        "/Properties << /L 20 0 R >>",
        {20: OCG, 21: b"/ObjStm " * 50_000 + b" 7 0 obj" * 50_000 + b"/OCProperties" * 50_000},
        root=LAYER,
    ),
}


@pytest.mark.parametrize("made", BOMBS.values(), ids=BOMBS)
def test_what_would_take_long_to_paint_is_read_in_no_time(made: Callable[[], bytes]) -> None:
    content = made()
    start = time.process_time()
    assert lines(read(content, "a.pdf"))
    assert time.process_time() - start < 3


@pytest.mark.parametrize("name", ["<FEFFD800>", "<FEFFDC00D800>", "()"])
def test_an_attached_file_whose_name_is_none_is_told_and_the_pages_are_read(name: str) -> None:
    content = pdf(
        OPENS,
        objects={
            10: f"<< /Type /Filespec /F {name} /UF {name} /EF << /F 11 0 R >> >>",
            11: stream("/Type /EmbeddedFile", "x"),
        },
        root="/Names << /EmbeddedFiles << /Names [(k) 10 0 R] >> >>",
    )
    found = read(content, "a.pdf")
    assert lines(found) == ["The bridge opens at noon."]
    assert [(one.what, one.where) for one in found.warnings] == [
        ("attached files are not read", "a file")
    ]
