"""The features of messages and saved pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.formats import made
from tests.formats.feature import GOLDEN, Feature

MESSAGES = GOLDEN / "messages"


def message_features() -> Iterator[Feature]:
    """All of them, format by format."""
    yield from _messages()


def _messages() -> Iterator[Feature]:
    def mail(name: str, make: Callable[[], bytes], *wanted: str, **more: Any) -> Feature:
        return Feature("EML", name, "mail.eml", make, wanted, **more)

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
