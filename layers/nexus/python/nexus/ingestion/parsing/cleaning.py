"""Makes text that came out of any file safe to store, compare and quote."""

from __future__ import annotations

import re
import unicodedata

# Control characters (tab and newline stay), surrogates, soft hyphens, zero-width spaces, BOMs and
# non-characters. Zero-width joiners stay: Persian and Indic scripts spell with them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\xad\u200b\u200e\u200f\u2060\ufeff"
    "\ufff9-\uffff\ud800-\udfff]"
)
_LINE_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_WIDE_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# One search tells of most texts that they need none of these.
_ANY = re.compile(f"{_UNWANTED.pattern}|{_WIDE_SPACES.pattern}|[\r\x0b\x0c\x85\u2028\u2029]")
# Of those, all that count as printable.
_SIGNS = re.compile("[\ufffc\ufffd]")
_TRAILING = re.compile(r"(?<![ \t])[ \t]++(?=\n)")
_BLANK_LINES = re.compile(r"\n{3,}")
_FILE_NAME = re.compile(r"\.(docx?|pptx?|xlsx?|pdf|indd|tex|dvi|html?|rtf|odt|txt|qxd)$", re.I)
# Titles that programs give and nobody changed, in the languages that offices use most.
_PLACEHOLDERS = {
    "presentation", "presentasi", "document", "dokumen", "word document", "microsoft word",
    "microsoft powerpoint", "microsoft office word document", "anonymous", "unspecified", "title",
    "no title", "untitled document", "untitled presentation", "tanpa judul", "dokumen tanpa judul",
    "presentasi tanpa judul", "judul", "unbenannt", "sans titre", "sin título", "sem título",
}  # fmt: skip
_NUMBERED = re.compile(
    r"(?:untitled|document|dokumen|presentation|presentasi|book|buku|slide|sheet)[-_]?[0-9]{0,3}"
    r"|(?:untitled|document|dokumen|presentation|presentasi|slide) [0-9]{1,3}"
)
_POWERPOINT = re.compile(
    r"power ?point[ -]?(?:a?pr[eé]s|präs|prez|през|プレゼン|演示|簡報|sunu)\w{0,20}"
    r"|(?:a?pr[eé]s|präs|prez|през)\w{0,20}(?: \w{1,10}){0,2} power ?point"
)
_LONGEST_TITLE = 200
# A heading is a name, not a text: what is longer is cut, as it goes with every chunk below it.
HEADING_CHARS = 300


def clean(text: str) -> str:
    """The text without control characters, NFC-normalised, with plain spaces and newlines.

    Indentation is kept; trailing spaces and blank lines beyond one are not.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    has_lines = "\n" in text
    is_plain = (text.replace("\n", "") if has_lines else text).isprintable()
    if not (is_plain and (text.isascii() or not _SIGNS.search(text))) and _ANY.search(text):
        text = _UNWANTED.sub("", _WIDE_SPACES.sub(" ", _LINE_BREAKS.sub("\n", text)))
        has_lines = "\n" in text
    text = unicodedata.normalize("NFC", text)
    if has_lines:
        if " \n" in text or "\t\n" in text:
            text = _TRAILING.sub("", text)
        if "\n\n\n" in text:
            text = _BLANK_LINES.sub("\n\n", text)
    return text.strip("\n").rstrip() if text[:1] in " \t\n" else text.strip()


def squeeze(text: str) -> str:
    """The text on one line: every run of white space becomes one space."""
    # Of all white space, the plain space alone is printable.
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(text.split())


def sensible_title(title: str | None) -> str | None:
    """A title from a file's metadata, or None if it is a placeholder or the name of a file."""
    words = squeeze(clean(title or "").removeprefix("Microsoft Word - "))
    words = words.removeprefix("Microsoft PowerPoint - ")
    plain = words.strip("()").lower()
    usable = 0 < len(words) <= _LONGEST_TITLE and plain not in _PLACEHOLDERS
    is_made_up = _NUMBERED.fullmatch(plain) or _POWERPOINT.fullmatch(plain)
    return words if usable and not is_made_up and not _FILE_NAME.search(words) else None
