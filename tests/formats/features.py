"""The features of each format that people's files have, each as a small file and what is wanted."""

from __future__ import annotations

from collections.abc import Iterator

from tests.formats.book_features import book_features
from tests.formats.data_features import data_features
from tests.formats.feature import Feature
from tests.formats.message_features import message_features
from tests.formats.office_features import office_features
from tests.formats.shown_features import shown_features


def features() -> Iterator[Feature]:
    """All of them, format by format."""
    yield from office_features()
    yield from message_features()
    yield from book_features()
    yield from data_features()
    yield from shown_features()
    yield from _others()


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
