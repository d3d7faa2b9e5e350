"""Tells which encoding a text file is in: by its mark, as UTF-8, or by its statistics."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from nexus.ingestion.parsing.formats import unreadable

# Encodings whose bytes below 128 are always those characters, so that a file can be cut at them.
CUTTABLE = frozenset(
    {"utf-8", "koi8_r", "cp874", "iso8859_2", *(f"cp125{page}" for page in range(9))}
)
SAMPLE = 32 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The encodings that office files of the last thirty years come in; a closed list keeps the guess
# from wandering to EBCDIC on short texts.
_CANDIDATES = [
    "cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1251", "koi8_r", "cp1252", "cp1250",
    "cp1253", "cp1254", "cp1255", "cp1256", "cp874", "cp1258",
]  # fmt: skip
# Looked at last: beside its sister of Windows charset_normalizer does not look at it.
_LAST = ["iso8859_2"]
_WESTERN = set(
    "àáâãäåæçèéêëìíîïñòóôõöøœùúûüýÿßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜÝŸ€£¥§©®°·«»¡¿“”‘’„–—…•\u00a0"
)
# What browsers read under a declared name: not what its standard says, but what pages mean by it
# (WHATWG Encoding Standard, 4.2). A page whose declaration could be read is not in UTF-16.
_MEANT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
    "big5": "big5hkscs", "utf-16": "utf-8", "utf-16-le": "utf-8", "utf-16-be": "utf-8",
    "utf-32": "utf-8", "utf-7": "utf-8",
}  # fmt: skip
# In these two bytes make most letters, so that a short text can be UTF-8 by chance.
_PAIRED = {"gb18030", "cp932", "cp949", "big5hkscs", "euc_jp", "johab"}
_LEAST_SURE = 3
# How Japanese mail and old text files begin letters of two bytes (ISO-2022-JP).
_ESCAPES = (b"\x1b$B", b"\x1b$@")
_STRAY = "stray-of-windows"
_LONG_RUN = re.compile(r"[À-ÿŒœŸ]{3}")


def byte_order_mark(content: bytes) -> tuple[str, int]:
    """The encoding that the file's first bytes declare, and their number; ("", 0) if none do."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return encoding, len(bom)
    return "", 0


def encodings_to_try(content: bytes, declared: str | None) -> tuple[str, ...]:
    """The encodings that bytes without a mark may be in, by what they declare, the likeliest first.

    A text in an old encoding of one byte a letter is hardly ever valid UTF-8: each accent would
    have to be followed by just the right sign.
    """
    try:
        name = codecs.lookup((declared or "").strip()).name
    except (LookupError, ValueError):
        return ("utf-8",)
    meant = _MEANT.get(name, name)
    if meant == "utf-8" or not _is_text_codec(meant):
        return ("utf-8",)
    least = _LEAST_SURE if meant in _PAIRED else 1
    return ("utf-8", meant) if _multibyte_letters(content) >= least else (meant, "utf-8")


def _is_text_codec(name: str) -> bool:
    try:
        b"".decode(name)
    except (LookupError, UnicodeError):  # such as base64
        return False
    return True


def _multibyte_letters(content: bytes) -> int:
    """How many letters of several bytes there are in valid UTF-8; 0 in anything else, and in ASCII.

    Of those of two bytes, which pairs of old encodings can be, a third counts.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return 0
    two = sum("\x80" <= letter < "\u0800" for letter in set(text))
    more = sum(letter >= "\u0800" for letter in set(text))
    return more + (two if two < _LEAST_SURE else -(-two // _LEAST_SURE))


def wide_encoding(content: bytes) -> str:
    """UTF-16 without a mark: in most scripts one of each two bytes is often the same.

    Raises UnsupportedFormat for bytes that are no text.
    """
    sample = content[: SAMPLE - SAMPLE % 2]
    low, high = sample[0::2], sample[1::2]
    zeros_low, zeros_high = low.count(0), high.count(0)
    if max(zeros_low, zeros_high) * 5 >= len(sample) // 2:
        return "utf-16-le" if zeros_high >= zeros_low else "utf-16-be"
    most_low, most_high = _commonest(low), _commonest(high)
    if max(most_low, most_high) * 5 < len(sample) // 2 * 4:
        raise unreadable()
    return "utf-16-le" if most_high >= most_low else "utf-16-be"


def _commonest(half: bytes) -> int:
    """How often the two commonest bytes come, if one of them is zero, as of ASCII's letters."""
    counts = Counter(half).most_common(2)
    return sum(count for _, count in counts) if any(byte == 0 for byte, _ in counts) else 0


def decode_as(content: bytes, encoding: str) -> str:
    """The text of bytes in an encoding, without what cannot be read.

    Stray bytes in UTF-8 come from files of Windows that were put together with it.
    """
    if encoding == "utf-8":
        return content.decode(encoding, errors=_STRAY).removeprefix("\ufeff")
    if encoding.startswith("utf"):
        return content.decode(encoding, errors="ignore").removeprefix("\ufeff")
    return content.decode(encoding, errors="replace").replace("\ufffd", "")


def _of_windows(error: UnicodeError) -> tuple[str, int]:
    """Reads bytes that are no UTF-8 as those of Windows-1252; a stray mark of UTF-16 as nothing."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    is_mark = stray in (b"\xff", b"\xfe")
    return "" if is_mark else stray.decode("cp1252", errors="ignore"), error.end


codecs.register_error(_STRAY, _of_windows)


class Evidence:
    """What a file's bytes, seen block by block, say of its encoding, when nothing declares it."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._lost = self._letters = 0
        self._sample = self._line = b""
        self._is_escaped = False

    def add(self, block: bytes) -> None:
        """Looks at the next block."""
        self._is_escaped = self._is_escaped or any(one in block for one in _ESCAPES)
        if block.isascii() and not self._decoder.getstate()[0]:
            self._line = b""
            return
        self._count(len(block), self._decoder.decode(block))
        if len(self._sample) < SAMPLE:
            *lines, rest = (self._line + block[: 64 * SAMPLE]).split(b"\n")
            self._take(lines)
            self._line = rest[: 2 * SAMPLE]

    def encoding(self) -> str:
        """The encoding of all blocks. Raises UnsupportedFormat if they are in none known."""
        self._count(0, self._decoder.decode(b"", final=True))
        self._take([self._line])
        # A UTF-8 file with a few broken bytes is still UTF-8: in no old encoding do most letters
        # make up valid ones of it by chance.
        if self._lost * _LEAST_SURE <= self._letters:
            return "iso2022_jp" if self._is_escaped and not self._letters else "utf-8"
        if _is_western(self._sample):
            return "cp1252"
        from charset_normalizer import from_bytes

        for candidates in (_CANDIDATES, _LAST):
            found = from_bytes(self._sample, cp_isolation=candidates, enable_fallback=False).best()
            if found is not None:
                return found.encoding
        raise unreadable()

    def _take(self, lines: list[bytes]) -> None:
        # Only lines with bytes beyond ASCII tell encodings apart.
        lines = [line for line in lines if not line.isascii()]
        self._sample = b"\n".join([self._sample, *lines] if self._sample else lines)[:SAMPLE]

    def _count(self, given: int, text: str) -> None:
        kept = len(text.encode())
        self._lost += given - kept
        self._letters += len(text) - len(text.encode("ascii", "ignore"))


def _is_western(sample: bytes) -> bool:
    """Whether Windows' western encoding gives words as western languages spell them.

    On short texts the statistics take it for its Central European or Turkish sisters.
    """
    text = sample.decode("cp1252", errors="replace")
    strange = set(text) - _WESTERN
    return not any(not c.isascii() for c in strange) and not _LONG_RUN.search(text)
