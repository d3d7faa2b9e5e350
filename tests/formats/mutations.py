"""Damages real files as transfers, programs and attackers do, always alike for a seed."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

_TOKENS = (
    b"\0" * 64, b"\xff" * 64, b"<!ENTITY a 'b'>", b"<!DOCTYPE x [", b"]]>", b"&lt;" * 500,
    b"<div>" * 3000, b"[" * 5000, b'{"a":' * 3000, b"{\\pict\\bin99999999 ", b"{" * 5000,
    b"A" * 100_000, b"9" * 5000, b"\r\n" * 2000, b"--b\r\nContent-Type: multipart/mixed\r\n\r\n",
    b'"' * 999, b"=" * 999, b"|" * 5000, b"\xed\xa0\x80", b"\x1b$B", b"%PDF-1.7\n", b"PK\x03\x04",
    b"endobj", b"<table:table-cell table:number-columns-repeated='999999999'/>",
    b"HYPERLINK \"" * 500, b"=?utf-8?B?" * 500, b"startxref\n0\n", b"-2147483649", b"\\u-1?" * 500,
)  # fmt: skip
_EXTREMES = (0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE, 0x80000000)


def mutated(seed: int, files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """The name and the damaged bytes of one of the files, by the number of the run."""
    choice = random.Random(seed)
    name, content = choice.choice(files)
    if content.startswith(b"PK") and choice.random() < 0.75:
        return name, _within_zip(content, choice, files)
    for _ in range(choice.choice((1, 1, 2, 5, 20))):
        content = _damaged(content, choice, files)
    return name, content


def _damaged(content: bytes, choice: random.Random, files: list[tuple[str, bytes]]) -> bytes:
    size = max(len(content), 1)
    at = choice.randrange(size)
    length = min(choice.choice((1, 2, 8, 64, 512, 4096)), size)
    kind = choice.randrange(8)
    if kind == 0:
        flipped = bytearray(content or b"\0")
        flipped[at] ^= 1 << choice.randrange(8)
        return bytes(flipped)
    if kind == 1:
        return content[:at] + content[at + length :]
    if kind == 2:
        return content[:at] + content[at : at + length] * choice.choice((2, 3, 50)) + content[at:]
    if kind == 3:
        return content[:at] + choice.choice(_TOKENS) + content[at:]
    if kind == 4:
        return content[:at]
    if kind == 5:
        form = choice.choice(("<H", "<I", ">H", ">I"))
        value = choice.choice(_EXTREMES) & (0xFFFF if form.endswith("H") else 0xFFFFFFFF)
        return content[:at] + struct.pack(form, value) + content[at + struct.calcsize(form) :]
    if kind == 6:
        other = choice.choice(files)[1]
        begun = choice.randrange(max(len(other), 1))
        return content[:at] + other[begun : begun + length] + content[at + length :]
    noise = bytes(choice.randrange(256) for _ in range(min(length, 64)))
    return content[:at] + noise + content[at + len(noise) :]


def _within_zip(content: bytes, choice: random.Random, files: list[tuple[str, bytes]]) -> bytes:
    """The archive with one of its members damaged, and packed rightly again."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {info.filename: archive.read(info) for info in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error):
        return content
    name = choice.choice(sorted(parts))
    for _ in range(choice.choice((1, 1, 2, 5, 20))):
        parts[name] = _damaged(parts[name], choice, files)
    if choice.random() < 0.1:
        del parts[choice.choice(sorted(parts))]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()
