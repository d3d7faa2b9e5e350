"""The features of books, rich texts and OpenDocument files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.formats import made
from tests.formats.feature import Feature


def book_features() -> Iterator[Feature]:
    """All of them, format by format."""
    yield from _books()
    yield from _rich_texts()
    yield from _open_documents()


def _books() -> Iterator[Feature]:
    def book(name: str, make: Callable[[], bytes], *wanted: str, **more: Any) -> Feature:
        return Feature("EPUB", name, "book.epub", make, wanted, **more)

    two = {
        "b.xhtml": "<h1>Tamu</h1><p>Tamu pulang pukul 21.</p>",
        "a.xhtml": "<p>Jam malam 22.</p>",
    }
    yield book(
        "chapters in the book's order, under their headings",
        lambda: made.epub(two), "Tamu › Tamu pulang pukul 21.", "Jam malam 22.",
    )  # fmt: skip
    yield book(
        "chapters that only the table of contents names",
        lambda: made.epub(two, {"a.xhtml": "Jam malam"}), "Jam malam › Jam malam 22.",
    )  # fmt: skip
    yield book(
        "tables",
        lambda: made.epub({"a.xhtml": "<table><tr><th>Kamar</th><th>Biaya</th></tr><tr><td>A</td>"
        "<td>900</td></tr></table>"}),
        "Kamar: A; Biaya: 900",
    )  # fmt: skip
    yield book(
        "a chapter that is missing, told",
        lambda: made.epub({**two, "c.xhtml": "x"}).replace(b"OEBPS/c.xhtml", b"OEBPS/d.xhtml"),
        "Jam malam 22.", warned="not in it",
    )  # fmt: skip
    yield book(
        "copy protection, refused",
        lambda: made.epub(two, extra={"META-INF/encryption.xml": '<encryption xmlns:e="x">'
        '<e:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></encryption>'}),
        refused="copy protection",
    )  # fmt: skip
    yield book(
        "text in pictures", lambda: made.epub({"a.xhtml": '<p>x</p><img src="p.png"/>'}),
        "PICTURE TEXT",
    )  # fmt: skip

    yield book(
        "notes where they are called",
        lambda: made.epub(
            {
                "a.xhtml": '<p>Buka 24 jam<a epub:type="noteref" href="#n">1</a>.</p>'
                '<aside epub:type="footnote" id="n"><p>Kecuali Jumat.</p></aside>'
            }
        ),
        "Buka 24 jam [Kecuali Jumat.].",
    )


def _rich_texts() -> Iterator[Feature]:
    def text(name: str, body: str, *wanted: str, **more: Any) -> Feature:
        return Feature(
            "RTF", name, "a.rtf", lambda: made.rtf(body), wanted, **more
        )  # fmt: skip

    yield text("paragraphs", r"The fee is 900.\par It is due in May.\par", "The fee is 900.")
    yield text(
        "letters beyond ASCII", r"caf\'e9 \u8220\'93\'c9lan\'94 \u8212?\par", "café “", "Élan”"
    )
    yield text(
        "headings",
        r"\pard\s1 Biaya\par\pard\s2 Denda\par\pard Denda Rp 1.000.\par",
        "Biaya › Denda › Denda Rp 1.000.",
    )
    yield text(
        "tables",
        r"\trowd\cellx1\cellx2 Kamar\cell Biaya\cell\row\trowd\cellx1\cellx2 A\cell 900\cell\row"
        r"\pard Akhir.\par",
        "Kamar: A; Biaya: 900", "Akhir.",
    )  # fmt: skip
    yield text(
        "merged cells said in each row",
        r"\trowd\cellx1\cellx2 Prodi\cell Biaya\cell\row\trowd\clvmgf\cellx1\cellx2 Gizi\cell 900"
        r"\cell\row\trowd\clvmrg\cellx1\cellx2 \cell 800\cell\row\pard Akhir.\par",
        "Prodi: Gizi; Biaya: 900", "Prodi: Gizi; Biaya: 800",
    )  # fmt: skip
    yield text(
        "footnotes", r"Biaya{\footnote Belum termasuk pajak.} 900.\par", "Belum termasuk pajak."
    )
    yield text(
        "hidden text, left out",
        r"Umum {\v RAHASIA}akhir.\par",
        "Umum",
        unwanted=("RAHASIA",),
        warned="hidden",
    )
    yield text(
        "deleted text, left out",
        r"Denda {\deleted DIHAPUS }Rp 1.000.\par", "Denda Rp 1.000.", unwanted=("DIHAPUS",),
    )  # fmt: skip
    yield text(
        "links", r'{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt portal}} buka\par', "portal"
    )
    yield text("heads and feet of pages, once", r"Isi.\par", "Isi.", "RUNNING HEADER")
    yield text(
        "pictures and objects, left out",
        r"Isi.{\pict\pngblip 89504e470d0a}\par", "Isi.", unwanted=("89504e",),
    )  # fmt: skip
    yield text(
        "text boxes", r"{\shp{\*\shpinst{\shptxt \pard Kotak teks.\par}}}Isi.\par", "Kotak teks."
    )


def _open_documents() -> Iterator[Feature]:
    def odt(name: str, body: str, *wanted: str, styles: str = "", **more: Any) -> Feature:
        return Feature(
            "ODT", name, "a.odt", lambda: made.open_document(body, styles), wanted,
            **more,
        )  # fmt: skip

    def odp(name: str, body: str, *wanted: str, styles: str = "", **more: Any) -> Feature:
        return Feature(
            "ODP", name, "a.odp",
            lambda: made.open_document(body, styles, "presentation"), wanted,
            **more,
        )  # fmt: skip

    yield odt(
        "headings and paragraphs",
        '<text:h text:outline-level="1">Biaya</text:h><text:h text:outline-level="2">Denda</text:h>'
        "<text:p>Denda<text:s/>Rp<text:s/>1.000.</text:p>",
        "Biaya › Denda › Denda Rp 1.000.",
    )
    yield odt(
        "lists",
        "<text:list><text:list-item><text:p>Ijazah</text:p></text:list-item><text:list-item>"
        "<text:p>Foto</text:p></text:list-item></text:list>",
        "- Ijazah", "- Foto",
    )  # fmt: skip
    yield odt(
        "white text, left out",
        '<text:p>Umum</text:p><text:p text:style-name="P1">RAHASIA</text:p>', "Umum",
        styles='<style:style style:name="P1" style:family="paragraph"><style:text-properties '
        'fo:color="#ffffff"/></style:style>',
        unwanted=("RAHASIA",), warned="hidden",
    )  # fmt: skip
    yield odt(
        "automatic numbers",
        '<text:h text:outline-level="1">Cuti</text:h>'
        '<text:list text:style-name="L"><text:list-item><text:p>Isi</text:p></text:list-item>'
        "<text:list-item><text:p>Kirim</text:p></text:list-item></text:list>",
        "Pasal 1 Cuti › 1. Isi", "Pasal 1 Cuti › 2. Kirim",
        styles='<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
        'style:num-format="1" style:num-suffix="."/></text:list-style><text:outline-style>'
        '<text:outline-level-style text:level="1" style:num-format="1" style:num-prefix="Pasal "/>'
        "</text:outline-style>",
    )  # fmt: skip
    yield odt(
        "tables, merged cells said in each row",
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Prodi"
        "</text:p></table:table-cell><table:table-cell><text:p>Biaya</text:p></table:table-cell>"
        "</table:table-row></table:table-header-rows><table:table-row>"
        '<table:table-cell table:number-rows-spanned="2"><text:p>Hukum</text:p></table:table-cell>'
        "<table:table-cell><text:p>900</text:p></table:table-cell></table:table-row><table:table-row>"
        "<table:covered-table-cell/><table:table-cell><text:p>800</text:p></table:table-cell>"
        "</table:table-row></table:table>",
        "Prodi: Hukum; Biaya: 900", "Prodi: Hukum; Biaya: 800",
    )  # fmt: skip
    yield odt(
        "footnotes",
        "<text:p>Biaya<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Belum termasuk pajak.</text:p></text:note-body></text:note> 900.</text:p>",
        "Belum termasuk pajak.", "900.",
    )  # fmt: skip
    yield odt(
        "text boxes",
        "<text:p>Isi<draw:frame><draw:text-box><text:p>Kotak.</text:p></draw:text-box></draw:frame>"
        "</text:p>",
        "Kotak.",
    )
    yield odt(
        "deleted and hidden text, left out",
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>DIHAPUS</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
        '<text:p>Umum <text:span text:style-name="T1">RAHASIA</text:span>akhir.</text:p>',
        "Umum akhir.", unwanted=("DIHAPUS", "RAHASIA"), warned="hid",
        styles='<style:style style:name="T1"><style:text-properties text:display="none"/>'
        "</style:style>",
    )  # fmt: skip
    yield odt(
        "equations", '<text:p><draw:object xlink:href="./O" xmlns:xlink="x"/>G</text:p>', "G = M"
    )
    frame = "<draw:frame{}><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    title = frame.format(' presentation:class="title"', "Perpustakaan")
    body, note = frame.format("", "Buka pukul 8."), frame.format("", "Catatan pembicara.")
    slide = (
        f'<draw:page draw:style-name="dp1">{title}{body}'
        f"<presentation:notes>{note}</presentation:notes></draw:page>"
    )
    yield odp("slides under their titles", slide, "Perpustakaan › Buka pukul 8.")
    yield odp("speakers' notes", slide, "Perpustakaan › Catatan pembicara.")
    yield odp(
        "hidden slides, left out", slide.replace("dp1", "dp2").replace("Buka", "RAHASIA") + slide,
        "Buka pukul 8.", unwanted=("RAHASIA",), warned="hid",
        styles='<style:style style:name="dp2"><style:drawing-page-properties '
        'presentation:visibility="hidden"/></style:style>',
    )  # fmt: skip
