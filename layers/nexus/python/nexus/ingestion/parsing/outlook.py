"""Reads Outlook's messages (MSG): who wrote what, the text, and what is attached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nexus.errors import EmptyDocument
from nexus.ingestion.parsing import rich_text, web
from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.inside import Inside
from nexus.ingestion.parsing.plain import paragraphs
from nexus.models import LocatedText, ParsedDocument, ReadingWarning

if TYPE_CHECKING:
    from oxmsg import Message
    from oxmsg.attachment import Attachment

# Properties by their numbers in [MS-OXPROPS].
_HTML, _RTF, _CONTENT_ID = 0x1013, 0x1009, 0x3712
_DISPLAY_TO, _DISPLAY_CC = 0x0E04, 0x0E03
_MOST_ATTACHED = 1_000


def read(content: bytes, inside: Inside) -> ParsedDocument:
    """The message's fields, its text, and its attachments under their names."""
    from oxmsg import Message

    return _read(Message.load(content), inside)


def _read(message: Message, inside: Inside) -> ParsedDocument:
    texts, warnings = _body(message, inside)
    attached: list[LocatedText] = []
    for number, attachment in enumerate(message.attachments):
        if number >= _MOST_ATTACHED:
            break
        found = _attached(attachment, inside)
        attached += found.texts
        warnings += found.warnings
    head = "\n".join(f"{name}: {value}" for name, value in _fields(message))
    subject = squeeze(clean(message.subject))
    if not texts and not attached and not subject:
        raise EmptyDocument("The message holds no text: upload its attachments by themselves.")
    first = [LocatedText(head)] if head else []
    return ParsedDocument((*first, *texts, *attached), subject or None, 1, tuple(warnings))


def _fields(message: Message) -> Iterator[tuple[str, str]]:
    properties = message.properties
    sent = message.sent_date
    fields = {
        "From": message.sender,
        "To": properties.str_prop_value(_DISPLAY_TO),
        "Cc": properties.str_prop_value(_DISPLAY_CC),
        "Date": sent.strftime("%Y-%m-%d %H:%M UTC") if sent else None,
        "Subject": message.subject,
    }
    for name, value in fields.items():
        if text := squeeze(clean((value or "").replace("\0", ""))):
            yield name, text


def _body(message: Message, inside: Inside) -> tuple[list[LocatedText], list[ReadingWarning]]:
    """The text: its form with layout, else plain, else Outlook's own."""
    properties = message.properties
    page = properties.binary_prop_value(_HTML)
    html = page or (properties.str_prop_value(_HTML) or "").encode(errors="replace")
    if html.strip(b"\0 \r\n\t"):
        found = web.read(html, read_hidden=inside.read_hidden)
        if found.texts:
            return list(found.texts), list(found.warnings)
    if plain := (message.body or "").replace("\0", "").strip():
        return list(paragraphs(plain)), []
    packed = properties.binary_prop_value(_RTF)
    if packed:
        from compressed_rtf import decompress

        found = rich_text.read(decompress(packed), read_hidden=inside.read_hidden)
        return list(found.texts), list(found.warnings)
    return [], []


def _attached(attachment: Attachment, inside: Inside) -> ParsedDocument:
    name = attachment.file_name or "attachment"
    kind = attachment.mime_type or ""
    content = attachment.file_bytes
    if content is not None:
        if kind.startswith("image/") and attachment.properties.str_prop_value(_CONTENT_ID):
            return ParsedDocument(())  # a picture within the text
        return inside.read(content, name, kind)
    advice = "Save the attached message as a file of its own and upload that."
    what = "not read: a message or object that is attached"
    return ParsedDocument((), warnings=(ReadingWarning(what, squeeze(clean(name)), advice),))
