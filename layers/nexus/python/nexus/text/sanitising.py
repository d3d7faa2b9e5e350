"""Keeps links, images, HTML and invisible characters out of what a reader is shown."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from nexus.text.facts import HAS_SIGN_OF_ADDRESS, URL, address_of, urls

# Characters that show nothing: control and format characters (bidi marks, zero-width ones, tags),
# private ones, lone surrogates, and variation selectors, in which text can be hidden.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\ue000-\uf8ff"
    "\U000e0000-\U0010ffff]"
)
_BLOCK = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|"
    r"<(script|style|iframe|object|svg|template|noscript|title|textarea)\b.*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_ANGLED = re.compile(r"<((?:https?://|mailto:)?[^\s<>@]*(?:@|://|www\.)[^\s<>]*)>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
# What is left of a broken tag; "a < b" has a blank after the sign.
_TAG_START = re.compile(r"<(?=[a-zA-Z/!?])")
# "Free![1]" is a sentence with its marker; a number can name no image, as definitions go.
_NUMBERED = r"\d{1,2}(?:\.\d{1,3}(?:-\d{1,3})?)?"
_BANG = re.compile(rf"!(?=\[(?!{_NUMBERED}\]))")
_IMAGE = re.compile(
    rf"!\[(?!{_NUMBERED}\](?![\[(]))[^\[\]]*\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])?"
)
_LINK = re.compile(r"\[([^\[\]]*+)\]\(\s*+([^()\s]*+(?:\([^()\s]*+\)[^()\s]*+)*)(?:\s[^()]*+)?\)")
_REFERENCE = re.compile(r"\[([^\[\]]*+)\][ ]?\[(?![\d\s,.-]++\])[^\[\]]*+\](?!\()")
_DEFINITION = re.compile(r"^[ \t>]*\[[^\[\]\n]+\]:.*$\n?", re.MULTILINE)
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
_MARKER = re.compile(_NUMBERED)
# What a removed address leaves: two blanks, or one before a stop or a line's end.
_GAPS = re.compile(r"(?<=\S)(?:([ \t])[ \t]+(?=\S)|[ \t]+(?=[.,;:!?]?(?:\n|\Z)))")
_ACTIVE = ("data:", "javascript:", "vbscript:")
# No character has so high a number; and int() refuses 4,300 digits, which html.unescape gives it.
_ENDLESS_REFERENCE = re.compile(r"&#(?:[0-9]{9}|[xX][0-9a-fA-F]{9})[0-9a-fA-F]*+;?")
# What is taken away may leave another construct behind. Writers nest two or three, attackers as
# many as there is room for, and each would be one more time through the whole text.
_MOST_PASSES = 8
# All that a construct needs, apart from markers.
_SIGNS = re.compile(r"[<>&]|\[(?!\d{1,2}\])|(?<!\[\d)(?<!\[\d\d)\]")


def visible(text: str) -> str:
    """The text without the characters that show nothing, such as zero-width and bidi controls."""
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub("", text)


def sanitise(text: str, cited: Sequence[str] = ()) -> str:
    """The answer as plain Markdown: no image, HTML, link, reference or invisible character.

    A web or mail address stays, as plain text, only if it stands verbatim in one of the `cited`
    texts. `[1]` markers stay. Sanitising twice changes nothing more.
    """
    allowed = {address for source in cited for address in urls(source)}
    for _ in range(_MOST_PASSES):
        once = _without_addresses(without_markup(text, allowed), allowed)
        if once == text:
            return text
        text = once
    # A blank for each address lets nothing grow together, so that this ends.
    text = _SIGNS.sub("", text)
    while (once := _without_addresses(without_markup(text, allowed), allowed, " ")) != text:
        text = once
    return text


def without_markup(text: str, allowed: set[str] | None = None) -> str:
    """The text without images, HTML and links; a link's address stays if it is `allowed`.

    Of what nests more than eight times, the signs themselves are taken away.
    """
    for _ in range(_MOST_PASSES):
        once = _once(text, allowed or set())
        if once == text:
            return text
        text = once
    return _once(_SIGNS.sub("", text), allowed or set())


def _once(text: str, allowed: set[str]) -> str:
    text = visible(text)
    if "&" in text:
        # Models copy the escapes of the prompt; and an escaped tag is a tag to some readers.
        text = html.unescape(_ENDLESS_REFERENCE.sub("", text))
    if "<" in text:
        text = _ANGLED.sub(r"\1", _BLOCK.sub("", text))
        text = _TAG_START.sub("", _TAG.sub("", text))
    if "]" in text:
        text = _DEFINITION.sub("", _IMAGE.sub("", text))
        text = _LINK.sub(lambda link: _plain_link(link[1], link[2], allowed), text)
        text = _FOOTNOTE.sub("", _REFERENCE.sub(_plain_reference, text))
        # Links that nest, or whose address is cut off: the blank parts them.
        text = text.replace("](", "] (")
    return _BANG.sub("", text)


def _plain_link(shown: str, address: str, allowed: set[str]) -> str:
    if _MARKER.fullmatch(shown):
        return f"[{shown}]"
    address = address.strip("<>").removeprefix("mailto:")
    return f"{shown} ({address})" if address in allowed and address != shown else shown


def _plain_reference(match: re.Match[str]) -> str:
    return f"[{match[1]}]" if _MARKER.fullmatch(match[1]) else match[1]


def _without_addresses(text: str, allowed: set[str], instead: str = "") -> str:
    if not HAS_SIGN_OF_ADDRESS.search(text):
        return text

    def kept(match: re.Match[str]) -> str:
        address = address_of(match)
        if address in allowed and not address.lower().startswith(_ACTIVE):
            return match.group()
        return instead + match.group()[len(address) :]

    shown = URL.sub(kept, text)
    return _GAPS.sub(r"\1", shown) if shown != text else text
