"""Files within files are read within bounds, and none of them is lost in silence."""

from __future__ import annotations

import io
import zipfile

import pytest

from nexus.errors import DocumentRejected, EncryptedDocument, UnsupportedFormat
from nexus.ingestion.parsing import inside, parse
from tests.formats import made
from tests.unit.documents_made import lines, read

CSV = b"Prodi,Biaya\nHukum,900\nGizi,800\n"


def warned(document):
    return {warning.where: warning.what for warning in document.warnings}


def test_a_file_too_deep_in_others_is_told_and_not_read():
    deep = made.zipped({"deepest.csv": CSV})
    for level in range(inside.DEEPEST):
        deep = made.zipped({f"{level}.zip": deep, f"{level}.txt": f"Tingkat {level}."})
    document = read(deep, "a.zip")
    assert "Tingkat 2." in lines(document)
    assert not any("Hukum" in line for line in lines(document))
    [(where, what)] = warned(document).items()
    assert where.endswith("0.zip")
    assert "deepest.csv" in what
    assert "too deep" in what


def test_an_archive_that_holds_itself_many_times_ends():
    bomb = made.zipped({f"{n}.txt": "x" * 1000 for n in range(40)})
    for _ in range(4):
        bomb = made.zipped({f"{n}.zip": bomb for n in range(40)})
    with pytest.raises(DocumentRejected):
        read(bomb, "a.zip")


def test_only_so_many_files_of_an_archive_are_read():
    count = inside.MOST_FILES + 7
    document = read(made.zipped({f"{n}.txt": f"Berkas {n}." for n in range(count)}), "a.zip")
    assert len(document.texts) == inside.MOST_FILES
    assert warned(document)[""].startswith("not read: 7 files")


def test_files_are_together_no_larger_than_one_document_may_be():
    parts = {f"{n}.txt": "Halo dunia. " * 2_000 for n in range(10)}
    document = parse(
        made.zipped(parts), "a.zip", "", max_bytes=100_000, max_unpacked_bytes=10_000_000
    )
    assert len(document.texts) == 4
    assert "6 files" in warned(document)[""]


def test_a_locked_file_of_an_archive_is_told_and_the_others_are_read():
    content = bytearray(made.zipped({"a.csv": CSV, "b.txt": "Halo."}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(mark) + flags
        content[at] |= 1
    document = read(bytes(content), "a.zip")
    assert lines(document) == ["Halo."]
    assert "locked" in warned(document)["a.csv"]


def test_an_archive_of_locked_files_alone_is_refused():
    content = bytearray(made.zipped({"a.csv": CSV}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    with pytest.raises(EncryptedDocument, match="password"):
        read(bytes(content), "a.zip")


def test_a_bomb_within_an_archive_is_told_and_the_others_are_read():
    bomb = made.zipped({"word/document.xml": b" " * 18_000_000})
    document = read(made.zipped({"a.docx": bomb, "b.txt": "Halo."}), "a.zip")
    assert lines(document) == ["Halo."]
    assert "a.docx" in warned(document)


def test_names_without_their_flag_are_read_as_utf_8():
    name = "Pengumuman–2026.txt"
    content = made.zipped({name: "Halo."})
    plain = content.replace(b"\0\x08\0\0", b"\0\0\0\0")
    assert zipfile.is_zipfile(io.BytesIO(plain))
    [text] = read(plain, "a.zip").texts
    assert text.locator.heading[0] == name


def test_one_damaged_attachment_is_not_the_message():
    mail = made.message("Terlampir.", files={"a.docx": b"PK\x03\x04broken", "b.csv": CSV})
    document = read(mail.as_bytes(), "a.eml")
    assert "Prodi: Gizi; Biaya: 800" in lines(document)
    assert "damaged" in warned(document)["a.docx"]


def test_a_mail_without_an_extension_is_known_by_its_header():
    mail = b"From: a@example.org\nTo: b@example.org\nSubject: Libur\n\nKantor tutup.\n"
    assert read(mail, "mail").title == "Libur"
    assert read(mail, "mail.txt").title is None
    talk = b"Subject: how we file letters\n\nLetters are kept for seven years.\n"
    assert "Subject" in lines(read(talk, "talk"))[0]


@pytest.mark.parametrize(
    "name", ["Index/Document.iwa", "visio/document.xml", "AndroidManifest.xml"]
)
def test_other_programs_zips_are_refused_by_name(name):
    with pytest.raises(UnsupportedFormat, match=r"The file is .*, which is not read: "):
        read(made.zipped({name: "x"}), "a.zip")


def test_an_invitation_within_a_message_says_what_when_and_where():
    invitation = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Budget round\r\n"
        "DTSTART;TZID=Europe/Oslo:20260504T090000\r\nDTEND;VALUE=DATE:20260505\r\n"
        "LOCATION:Hall 7\\, left\r\nDESCRIPTION:Bring the blue fol\r\n der.\r\n"
        'ORGANIZER;CN="Ines Vidal":mailto:i@ex.org\r\nUID:secret-id\r\n'
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    head = b"From: a@ex.org\r\nSubject: Budget\r\nMIME-Version: 1.0\r\nContent-Type: multipart/"
    parts = (
        "--b\r\nContent-Type: text/plain\r\n\r\nWe meet in hall seven.\r\n"
        f"--b\r\nContent-Type: text/calendar; charset=utf-8\r\n\r\n{invitation}--b--\r\n"
    ).encode()
    mixed = read(head + b"mixed; boundary=b\r\n\r\n" + parts, "a.eml")
    assert lines(mixed)[1:] == [
        "We meet in hall seven.",
        "Event: Budget round\nStart: 2026-05-04 09:00 Europe/Oslo\nEnd: 2026-05-05\n"
        "Place: Hall 7, left\nDescription: Bring the blue folder.\nOrganiser: Ines Vidal",
    ]
    # Of several forms of one text, the invitation is not another.
    either = read(head + b"alternative; boundary=b\r\n\r\n" + parts, "a.eml")
    assert lines(either)[1:] == ["We meet in hall seven."]
