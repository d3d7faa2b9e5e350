"""The features of each format that people's files have, each as a small file and what is wanted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.formats import made
from tests.unit import documents_made as office

GOLDEN = Path(__file__).parent.parent / "golden"
MESSAGES = GOLDEN / "messages"


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that a format can hold, and what its reader should get of it.

    `wanted` are words of which each stands, on one line, in a text or the headings over it;
    `unwanted` stand nowhere. `refused` is a word of the reason why the whole file is refused;
    `warned` one of a warning.
    """

    format: str
    name: str
    path: str
    make: Callable[[], bytes]
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    refused: str = ""
    warned: str = ""


def features() -> Iterator[Feature]:
    """All of them, format by format."""
    yield from _messages()
    yield from _books()
    yield from _rich_texts()
    yield from _open_documents()
    yield from _data()
    yield from _archives()
    yield from _others()


def _messages() -> Iterator[Feature]:
    def mail(name: str, make: Callable[[], bytes], *wanted: str, **more: object) -> Feature:
        return Feature("EML", name, "mail.eml", make, wanted, **more)  # type: ignore[arg-type]

    csv = b"Programme,Fee\nLaw,5200\nNursing,4800\n"
    yield mail(
        "subject, sender, date",
        lambda: made.message("Ujian pindah.").as_bytes(),
        "Subject: Perubahan jadwal — kelas", "From: Sari Wulandari", "Date: Mon, 02 Mar 2026",
    )  # fmt: skip
    yield mail(
        "text in base64 and quoted-printable",
        lambda: made.message("Buka kembali sesudahnya — harap maklum.").as_bytes(),
        "sesudahnya — harap maklum", unwanted=("=E2=80=94", "base64"),
    )  # fmt: skip
    yield mail(
        "tables of its HTML form",
        lambda: made.message(
            "Ujian.", "<p>Ujian.</p><table><tr><th>Hari</th><th>Ruang</th></tr><tr><td>Senin</td>"
            "<td>B-12</td></tr></table>"
        ).as_bytes(),
        "Hari: Senin; Ruang: B-12",
    )  # fmt: skip
    yield mail(
        "attachments, by their own parsers",
        lambda: made.message("Terlampir.", files={"fees.csv": csv}).as_bytes(),
        "Programme: Law; Fee: 5200",
    )
    yield mail(
        "messages and archives within it",
        lambda: made.message(
            "Terusan.",
            files={
                "old.eml": made.message("Surat lama.").as_bytes(),
                "all.zip": made.zipped({"fees.csv": csv}),
            },
        ).as_bytes(),
        "Surat lama.", "Programme: Nursing; Fee: 4800",
    )  # fmt: skip
    yield mail(
        "attachments that are not read, told",
        lambda: made.message(
            "Video.", files={"a.mp4": b"\0\0\0\x18ftypmp42" + b"\0" * 64}
        ).as_bytes(),
        "Video.", warned="a video",
    )  # fmt: skip
    yield mail(
        "wrong charset",
        lambda: b"Subject: =?iso-8859-1?Q?Caf=E9?=\nFrom: a@b.c\nContent-Type: text/plain; "
        b"charset=iso-8859-1\n\n" + "Café “Élan”".encode(),
        "Subject: Café", "Café “Élan”",
    )  # fmt: skip
    yield mail(
        "wrapped paragraphs (format=flowed)",
        lambda: (
            b"Subject: a\nFrom: a@b.c\nContent-Type: text/plain; format=flowed\n\nThe fee is \n"
            b"5,200 a year.\n"
        ),
        "The fee is 5,200 a year.",
    )
    yield mail(
        "encrypted messages, refused",
        lambda: (
            b"Subject: a\nFrom: a@b.c\nContent-Type: application/pkcs7-mime; "
            b"smime-type=enveloped-data\n\nMIIB"
        ),
        refused="encrypted",
    )
    yield mail(
        "pictures within the text",
        lambda: b'Subject: a\nFrom: a@b.c\nContent-Type: multipart/related; boundary="b"\n\n'
        b"--b\nContent-Type: text/html\n\n<p>Halo</p>\n--b\nContent-Type: image/png\n"
        b"Content-ID: <x>\n\nxx\n--b--\n",
        "PICTURE TEXT", warned="pictures",
    )  # fmt: skip
    for name, page, encoding, charset, wanted in (
        ("text, quoted-printable", b"<title>Fees</title><p>The fee is =\r\nRp=C2=A01.000</p>",
         "quoted-printable", "utf-8", "The fee is Rp 1.000"),
        ("text in another charset", "<p>Kafe “Élan”</p>".encode("cp1252"), "8bit", "windows-1252",
         "Kafe “Élan”"),
    ):  # fmt: skip
        yield Feature(
            "MHT", name, "page.mht",
            lambda page=page, encoding=encoding, charset=charset: made.mhtml(  # type: ignore[misc]
                page, encoding, charset
            ),
            (wanted,), ("STYLESHEET", "Saved by"),
        )  # fmt: skip
    schedule, ansi = MESSAGES / "schedule.msg", MESSAGES / "ansi.msg"
    for name, file, words in (
        ("subject, sender, date", schedule, ("Subject: Jadwal ujian — perubahan", "2026-03-02")),
        ("text and tables", schedule, ("aula B pada 12 Juni", "Hari: Senin; Ruang: B-12")),
        ("attachments, by their own parsers", schedule, ("Programme: Law; Fee: 5200",)),
        ("old encodings", ansi, ("The café “Élan” opens at 8.",)),
    ):
        yield Feature("MSG", name, file.name, file.read_bytes, words)


def _books() -> Iterator[Feature]:
    def book(name: str, make: Callable[[], bytes], *wanted: str, **more: object) -> Feature:
        return Feature("EPUB", name, "book.epub", make, wanted, **more)  # type: ignore[arg-type]

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


def _rich_texts() -> Iterator[Feature]:
    def text(name: str, body: str, *wanted: str, **more: object) -> Feature:
        return Feature(
            "RTF", name, "a.rtf", lambda: made.rtf(body), wanted, **more  # type: ignore[arg-type]
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
        "footnotes", r"Biaya{\footnote Belum termasuk pajak.} 900.\par", "Belum termasuk pajak."
    )
    yield text(
        "hidden text, left out", r"Umum {\v RAHASIA}akhir.\par", "Umum", unwanted=("RAHASIA",)
    )
    yield text(
        "links", r'{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt portal}} buka\par', "portal"
    )
    yield text(
        "headers, pictures and objects, left out",
        r"Isi.{\pict\pngblip 89504e470d0a}\par", "Isi.", unwanted=("89504e", "RUNNING HEADER"),
    )  # fmt: skip
    yield text(
        "text boxes", r"{\shp{\*\shpinst{\shptxt \pard Kotak teks.\par}}}Isi.\par", "Kotak teks."
    )


def _open_documents() -> Iterator[Feature]:
    def odt(name: str, body: str, *wanted: str, styles: str = "", **more: object) -> Feature:
        return Feature(
            "ODT", name, "a.odt", lambda: made.open_document(body, styles), wanted,
            **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def odp(name: str, body: str, *wanted: str, styles: str = "", **more: object) -> Feature:
        return Feature(
            "ODP", name, "a.odp",
            lambda: made.open_document(body, styles, "presentation"), wanted,
            **more,  # type: ignore[arg-type]
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


def _data() -> Iterator[Feature]:
    def data(form: str, name: str, text: str, *wanted: str, **more: object) -> Feature:
        return Feature(
            form, name, f"a.{form.lower()}", text.encode, wanted, **more  # type: ignore[arg-type]
        )  # fmt: skip

    yield data(
        "JSON", "records of a list, with the names of their fields",
        json.dumps([{"name": "Law", "fee": 5200}, {"name": "Nursing", "fee": 4800}]),
        "name: Law; fee: 5200",
    )  # fmt: skip
    yield data(
        "JSON", "records within records, with what they belong to",
        json.dumps({"programmes": [{"name": "Law", "dean": {"name": "Sari"}, "courses": [
            {"code": "L1", "credits": 3}]}]}),
        "dean name: Sari", "name: Law; courses code: L1; courses credits: 3",
    )  # fmt: skip
    yield data(
        "JSON", "records by their names",
        json.dumps({"law": {"fee": 5200, "seats": 3}, "nursing": {"fee": 4800, "seats": 4}}),
        "law; fee: 5200; seats: 3",
    )  # fmt: skip
    yield data(
        "JSON", "numbers as they are written",
        '[{"code": "007", "price": 1250000.50, "big": 12345678901234567890123}]',
        "code: 007; price: 1250000.50; big: 12345678901234567890123",
    )  # fmt: skip
    yield data(
        "JSON", "long texts and HTML in a field",
        json.dumps([{"title": "Cuti", "body": "<p>Cuti <b>12 hari</b>.</p><p>" + "Lain. " * 60}]),
        "title: Cuti; body: Cuti 12 hari.", unwanted=("<b>",),
    )  # fmt: skip
    yield data(
        "JSON", "tables of lists", '[["Prodi", "Biaya"], ["Hukum", 900], ["Gizi", 800]]',
        "Prodi: Hukum; Biaya: 900",
    )  # fmt: skip
    yield data(
        "JSON", "encoded values, left out", json.dumps({"a": "b", "photo": "QUJD" * 100}), "a: b",
        unwanted=("QUJDQUJD",), warned="encoded",
    )  # fmt: skip
    yield data(
        "JSON", "what is not valid JSON, read as text", "{not: json", "{not: json", warned="JSON"
    )
    yield data(
        "JSONL", "a record a line; broken lines told",
        '{"nim": "2026-1", "nama": "Sari"}\n{broken\n{"nim": "2026-2", "nama": "Budi"}\n',
        "nim: 2026-2; nama: Budi", warned="not JSON",
    )  # fmt: skip
    yield data(
        "XML", "records with attributes and elements",
        '<?xml version="1.0"?><catalogue><course code="L1"><name>Hukum</name><sks>3</sks></course>'
        '<course code="L2"><name>Gizi</name><sks>2</sks></course></catalogue>',
        "code: L1; name: Hukum; sks: 3",
    )  # fmt: skip
    yield data(
        "XML",
        "text with marks, read as a page",
        "<doc><p>The fee is <b>900</b> a year.</p><p>It is due <i>in May</i>.</p></doc>",
        "The fee is 900 a year.",
    )
    yield data(
        "XML", "entities that the file defines, never expanded",
        '<!DOCTYPE a [<!ENTITY x "EXPANDED">]><a><b>1 &x;</b><b>Two words</b></a>', "Two words",
        unwanted=("EXPANDED",),
    )  # fmt: skip


def _archives() -> Iterator[Feature]:
    def archive(name: str, parts: dict[str, str | bytes], *wanted: str, **more: object) -> Feature:
        return Feature(
            "ZIP", name, "a.zip", lambda: made.zipped(parts), wanted,
            **more,  # type: ignore[arg-type]
        )  # fmt: skip

    csv = b"Prodi,Biaya\nHukum,900\nGizi,800\n"
    yield archive(
        "files by their own parsers, under their names",
        {"2026/biaya.csv": csv, "a.docx": office.word(), "__MACOSX/._a": b"x"},
        "2026/biaya.csv › Prodi: Hukum; Biaya: 900", "Syarat masuk: ijazah SMA.",
    )  # fmt: skip
    yield archive("archives within it", {"b.zip": made.zipped({"c.csv": csv})}, "Biaya: 800")
    yield archive(
        "files that are not read, told",
        {"a.txt": "Halo.", "b.docx": b"broken", "c.bin": b"\x7fELF" + b"\0" * 60},
        "Halo.", warned="a program",
    )  # fmt: skip


def _others() -> Iterator[Feature]:
    yield Feature(
        "HTML", "wrong charset declarations", "a.html",
        "<meta charset=iso-8859-1><p>Kafe “Élan”</p>".encode, ("Kafe “Élan”",),
    )  # fmt: skip
    yield Feature(
        "HTML", "old charsets that are declared rightly", "a.html",
        lambda: "<meta charset=iso-8859-1><p>Café “Élan”</p>".encode("cp1252"), ("Café “Élan”",),
    )  # fmt: skip
    for path, head, what in (
        ("a.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0", "a video"),
        ("a.exe", b"MZ\x90\0\3\0\0\0", "a program"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\4", "a packed archive"),
        ("a.pst", b"!BDN\0\1\2\3", "an Outlook mailbox"),
        ("a.dat", bytes(range(32)), "not read"),
    ):
        yield Feature(
            "other binaries", f"refused by name ({path})", path,
            lambda head=head: head + b"\0" * 300, refused=what,  # type: ignore[misc]
        )  # fmt: skip
