"""Reads plain text in any encoding."""

from __future__ import annotations

import codecs
import re

from nexus.models import LocatedText, ParsedDocument
from nexus.parsing.cleaning import clean
from nexus.parsing.formats import unreadable

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
_SAMPLE = 32 * 1024
_PARAGRAPHS = re.compile(r"\n[ \t]*\n|\f")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def read(content: bytes) -> ParsedDocument:
    """The paragraphs of a text file, as blank lines separate them."""
    text = decode(content).replace("\r\n", "\n").replace("\r", "\n")
    parts = (clean(part) for part in _PARAGRAPHS.split(text))
    return ParsedDocument(tuple(LocatedText(part) for part in parts if part))


def decode(content: bytes, declared: str | None = None) -> str:
    """The text of bytes in any encoding: by BOM, as `declared`, as UTF-8, or by its statistics.

    Raises UnsupportedFormat if the bytes are not text.
    """
    text = _decode(content, declared)
    sample = text[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) * 50 > len(sample):
        raise unreadable()
    return text


def _decode(content: bytes, declared: str | None) -> str:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(encoding, errors="ignore")
    for encoding in filter(None, (declared, "utf-8")):
        try:
            if not (encoding == "utf-8" and b"\0" in content[:_SAMPLE]):
                return content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    if b"\0" in content[:_SAMPLE]:
        return _decode_wide(content)
    damaged = content.decode("utf-8", errors="ignore")
    # A UTF-8 file with a few broken bytes is still UTF-8.
    lost = len(content) - len(damaged.encode())
    multibyte = len(damaged.encode()) - len(damaged)
    if lost * 20 < multibyte:
        return damaged
    return _decode_by_statistics(content)


def _decode_wide(content: bytes) -> str:
    """UTF-16 without a BOM: in most scripts one of each two bytes is often the same."""
    sample = content[: _SAMPLE - _SAMPLE % 2]
    zeros_low, zeros_high = sample[0::2].count(0), sample[1::2].count(0)
    encoding = "utf-16-le" if zeros_high >= zeros_low else "utf-16-be"
    if max(zeros_low, zeros_high) * 5 < len(sample) // 2:
        raise unreadable()
    return content.decode(encoding, errors="ignore")


def _is_western(sample: bytes) -> bool:
    """Whether Windows' western encoding gives words as western languages spell them.

    On short texts the statistics take it for its Central European or Turkish sisters.
    """
    text = sample.decode("cp1252", errors="replace")
    strange = set(text) - _WESTERN
    return not any(not c.isascii() for c in strange) and not _LONG_RUN.search(text)


def _decode_by_statistics(content: bytes) -> str:
    from charset_normalizer import from_bytes

    # Only lines with bytes beyond ASCII tell encodings apart.
    lines = [line for line in content[: 64 * _SAMPLE].split(b"\n") if not line.isascii()]
    sample = b"\n".join(lines)[:_SAMPLE]
    if _is_western(sample):
        return content.decode("cp1252", errors="ignore")
    best = from_bytes(sample, cp_isolation=_CANDIDATES, enable_fallback=False).best()
    if best is None:
        raise unreadable()
    return content.decode(best.encoding, errors="replace").replace("\ufffd", "")
