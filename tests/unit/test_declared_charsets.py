"""What a page declares of its encoding is believed where its bytes do not say otherwise."""

from __future__ import annotations

import pytest

from nexus.ingestion.parsing.plain import decode
from tests.unit.documents_made import lines, read

INDONESIAN = "Kafe “Élan” buka pukul 8 – 17, Rp 1.000."


def page(text: str, declared: str, encoding: str) -> bytes:
    return f'<meta charset="{declared}"><p>{text}</p>'.encode(encoding)


@pytest.mark.parametrize(
    ("text", "declared", "encoding"),
    [
        # UTF-8 that declares an old encoding.
        (INDONESIAN, "iso-8859-1", "utf-8"),
        (INDONESIAN, "windows-1252", "utf-8"),
        ("Ученик платит взнос.", "windows-1251", "utf-8"),
        ("図書館は九時に開きます。", "shift_jis", "utf-8"),
        ("图书馆九点开门。", "gb2312", "utf-8"),
        ("Öğrenci ücreti", "iso-8859-9", "utf-8"),
        (INDONESIAN, "us-ascii", "utf-8"),
        # An old encoding that is declared rightly.
        ("Ученик платит взнос.", "windows-1251", "cp1251"),
        ("図書館は九時に開きます。", "shift_jis", "cp932"),
        ("图书馆九点开门。", "gb2312", "gb18030"),
        ("도서관은 아홉 시에 연다.", "euc-kr", "cp949"),
        ("Öğrenci ücreti", "iso-8859-9", "cp1254"),
        (INDONESIAN, "iso-8859-1", "cp1252"),
        ("Le café ouvre à huit heures.", "iso-8859-1", "latin-1"),
        # Declarations that are wrong, unknown, or name no encoding of text.
        (INDONESIAN, "utf-8", "cp1252"),
        (INDONESIAN, "utf-16", "utf-8"),
        (INDONESIAN, "x-unknown", "utf-8"),
        (INDONESIAN, "base64", "cp1252"),
        (INDONESIAN, "utf-7", "utf-8"),
    ],
)
def test_a_page_is_read_by_its_bytes(text, declared, encoding):
    assert lines(read(page(text, declared, encoding), "a.html")) == [text]


def test_a_short_text_in_an_old_encoding_of_pairs_is_not_taken_for_utf_8():
    pairs = "漢".encode("gb18030") * 2
    chance = bytes([0xC2, 0xA9]) + b" 2026"  # valid UTF-8, and a letter of GB 18030
    assert decode(pairs, "gb2312") == "漢漢"
    assert decode(chance, "gb2312") == chance.decode("gb18030")
    assert decode(chance, "iso-8859-1") == "© 2026"
