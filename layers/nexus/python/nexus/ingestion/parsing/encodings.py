"""Tells which encoding a text file is in: by its mark, as UTF-8, or by its statistics."""

from __future__ import annotations

import codecs
import re

from nexus.ingestion.parsing.formats import unreadable

# Encodings whose bytes below 128 are always those characters, so that a file can be cut at them.
CUTTABLE = frozenset({"utf-8", "koi8_r", "cp874", *(f"cp125{page}" for page in range(9))})
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
_WESTERN = set(
    "àáâãäåæçèéêëìíîïñòóôõöøœùúûüýÿßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜÝŸ€£¥§©®°·«»¡¿“”‘’„–—…•\u00a0"
)
_LONG_RUN = re.compile(r"[À-ÿŒœŸ]{3}")


def byte_order_mark(content: bytes) -> tuple[str, int]:
    """The encoding that the file's first bytes declare, and their number; ("", 0) if none do."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return encoding, len(bom)
    return "", 0


def wide_encoding(content: bytes) -> str:
    """UTF-16 without a mark: in most scripts one of each two bytes is often the same.

    Raises UnsupportedFormat for bytes that are no text.
    """
    sample = content[: SAMPLE - SAMPLE % 2]
    zeros_low, zeros_high = sample[0::2].count(0), sample[1::2].count(0)
    if max(zeros_low, zeros_high) * 5 < len(sample) // 2:
        raise unreadable()
    return "utf-16-le" if zeros_high >= zeros_low else "utf-16-be"


def decode_as(content: bytes, encoding: str) -> str:
    """The text of bytes in an encoding, without what cannot be read."""
    if encoding.startswith("utf"):
        return content.decode(encoding, errors="ignore").removeprefix("\ufeff")
    return content.decode(encoding, errors="replace").replace("\ufffd", "")


class Evidence:
    """What a file's bytes, seen block by block, say of its encoding, when nothing declares it."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._lost = self._multibyte = 0
        self._sample = self._line = b""

    def add(self, block: bytes) -> None:
        """Looks at the next block."""
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
        # A UTF-8 file with a few broken bytes is still UTF-8.
        if not self._lost or self._lost * 20 < self._multibyte:
            return "utf-8"
        if _is_western(self._sample):
            return "cp1252"
        from charset_normalizer import from_bytes

        found = from_bytes(self._sample, cp_isolation=_CANDIDATES, enable_fallback=False).best()
        if found is None:
            raise unreadable()
        return found.encoding

    def _take(self, lines: list[bytes]) -> None:
        # Only lines with bytes beyond ASCII tell encodings apart.
        lines = [line for line in lines if not line.isascii()]
        self._sample = b"\n".join([self._sample, *lines] if self._sample else lines)[:SAMPLE]

    def _count(self, given: int, text: str) -> None:
        kept = len(text.encode())
        self._lost += given - kept
        self._multibyte += kept - len(text)


def _is_western(sample: bytes) -> bool:
    """Whether Windows' western encoding gives words as western languages spell them.

    On short texts the statistics take it for its Central European or Turkish sisters.
    """
    text = sample.decode("cp1252", errors="replace")
    strange = set(text) - _WESTERN
    return not any(not c.isascii() for c in strange) and not _LONG_RUN.search(text)
