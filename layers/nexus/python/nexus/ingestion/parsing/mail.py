"""Reads messages (EML) and saved web pages (MHT): the sender, the text, and what is attached."""

from __future__ import annotations

import email.parser
import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message
from email.policy import compat32

from nexus.errors import EmptyDocument, EncryptedDocument
from nexus.ingestion.parsing import web
from nexus.ingestion.parsing.appointments import appointments
from nexus.ingestion.parsing.cleaning import clean
from nexus.ingestion.parsing.inside import Inside
from nexus.ingestion.parsing.mail_parts import (
    LONGEST_FIELD,
    base64_decoded,
    blocks_of_fields,
    field,
    holds_frames,
    is_sheet,
    payload,
    unwrapped,
)
from nexus.ingestion.parsing.plain import decode
from nexus.ingestion.parsing.web_linked import LinkedSheets
from nexus.models import LocatedText, ParsedDocument, ReadingWarning

SHOWN_FIELDS = ("From", "To", "Cc", "Date", "Subject")
_MOST_PARTS = 1_000
_SIGNATURES = ("application/pkcs7-signature", "application/pgp-signature")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_PICTURES = "Upload a picture by itself if it holds text."


def read(content: bytes, inside: Inside) -> ParsedDocument:
    """The message's fields, its text, and its attachments under their names.

    Of several forms of one text that with layout is read, if it says as much. Raises
    EncryptedDocument or EmptyDocument.
    """
    message = email.parser.BytesParser(policy=compat32).parsebytes(content)
    return read_message(message, inside)


def read_message(message: Message, inside: Inside) -> ParsedDocument:
    """As `read`, of a message that is parsed already."""
    _refuse_encrypted(message)
    reading = _Reading(inside)
    reading.part(message)
    subject = field(message, "Subject")
    is_page = reading.page_title is not None and _is_saved_page(message)
    head = [] if is_page else [f"{name}: {text}" for name, text in _fields(message)]
    texts = [LocatedText("\n".join(head))] if head else []
    texts += reading.texts
    if not reading.texts and not subject and not reading.attached:
        raise EmptyDocument("The message holds no text: upload its attachments by themselves.")
    for number, what, advice in (
        (reading.pictures, "pictures within the text", _PICTURES),
        (reading.unread, "parts of the message", "Upload what is attached by itself."),
    ):
        if number:
            reading.warnings.append(_unread(number, what, advice))
    return ParsedDocument(
        (*texts, *reading.attached), subject or reading.page_title, 1, tuple(reading.warnings)
    )


def _unread(number: int, what: str, advice: str) -> ReadingWarning:
    return ReadingWarning(f"not read: {number} {what}", "", advice)


def _fields(message: Message) -> Iterator[tuple[str, str]]:
    for name in SHOWN_FIELDS:
        if text := field(message, name):
            yield name, text


def _is_saved_page(message: Message) -> bool:
    """Whether a browser saved this: it names no sender, or itself as the sender."""
    sender = field(message, "From")
    return not sender or sender.startswith("<Saved by") or "Snapshot-Content-Location" in message


def _refuse_encrypted(message: Message) -> None:
    kind = message.get_content_type()
    smime = str(message.get_param("smime-type", "")).lower()
    if kind == "multipart/encrypted" or (
        kind in ("application/pkcs7-mime", "application/x-pkcs7-mime") and smime != "signed-data"
    ):
        raise EncryptedDocument(
            "The message is encrypted: decrypt it in your mail program, save it without encryption "
            "and upload that."
        )


class _Reading:
    """What has been found of a message: the texts of its body, and of its attachments."""

    def __init__(self, inside: Inside) -> None:
        self.inside = inside
        self.texts: list[LocatedText] = []
        self.attached: list[LocatedText] = []
        self.warnings: list[ReadingWarning] = []
        self.page_title: str | None = None
        self.pictures = 0
        # The parts of a message of too many.
        self.unread = 0
        # The parts that are style sheets, by the addresses under which pages link to them.
        self._css: dict[str, Message] = {}
        self._sheets = LinkedSheets(self._sheet)
        self._parts = 0

    def part(self, part: Message) -> None:
        """Takes a part of the message with all that is in it."""
        self._parts += 1
        if self._parts > _MOST_PARTS:
            self.unread += 1
            return
        kind = part.get_content_type()
        if kind == "message/rfc822":
            self._attach(part, _inner(part))
        elif part.is_multipart():
            self._several(part, kind)
        elif kind in _SIGNATURES:
            pass
        elif _is_attached(part):
            self._attach(part, payload(part))
        elif kind.startswith("image/"):
            self.pictures += 1
        elif kind.startswith("text/") or kind == "application/octet-stream":
            self.texts += self._body(part)
        else:
            self._attach(part, payload(part))

    def _several(self, part: Message, kind: str) -> None:
        """Takes a part that consists of others."""
        children = [one for one in part.get_payload() if isinstance(one, Message)]
        if kind == "message/delivery-status":
            self.texts += blocks_of_fields(children)
        elif kind == "multipart/alternative":
            self._alternative(children)
        elif kind == "multipart/related":
            self._related(part, children)
        else:
            for child in children:
                self.part(child)

    def _alternative(self, children: list[Message]) -> None:
        """Of several forms of one text, that with layout, unless plain text says much more."""
        before = list(self.texts)
        best: list[LocatedText] = []
        for child in reversed(children):  # the best form comes last, RFC 2046
            self.texts = []
            is_invitation = child.get_content_type() == "text/calendar" and len(children) > 1
            if _is_attached(child) or is_invitation:  # its text says it, too
                continue
            self.part(child)
            if _length(self.texts) > 2 * _length(best):
                best = self.texts
        if not best:  # an invitation alone says what it says
            self.texts = []
            for child in children:
                if child.get_content_type() == "text/calendar" and not _is_attached(child):
                    self.part(child)
            best = self.texts
        self.texts = before + best

    def _related(self, part: Message, children: list[Message]) -> None:
        """A page or text with what it shows: the first text is the page, pictures are its own."""
        start = str(part.get_param("start", "") or "")
        roots = [one for one in children if start and one.get("Content-ID", "").strip() == start]
        rest = [one for one in children if one not in roots]
        pages = roots + [one for one in rest if one.get_content_maintype() in ("text", "multipart")]
        for one in rest:
            if one.get_content_type() == "text/css":
                self._css.update(dict.fromkeys(_addresses(one), one))
        found = False
        has_frames = bool(pages) and holds_frames(pages[0])
        if has_frames:
            pages.pop(0)
        for child in pages:
            if found and not _is_attached(child) and not (has_frames and is_sheet(child)):
                continue  # a frame, a style or a script of the page
            before = len(self.texts)
            self.part(child)
            found = found or len(self.texts) > before
        for child in children:
            if child in pages:
                continue
            is_shown = child.get_content_maintype() in ("image", "font", "audio", "video")
            if is_shown and child.get_content_maintype() == "image":
                self.pictures += 1
            elif not is_shown and _is_attached(child):
                self.part(child)

    def _body(self, part: Message) -> list[LocatedText]:
        content, charset = payload(part), _charset(part)
        if part.get_content_type() in ("text/css", "text/javascript"):
            return []
        if part.get_content_type() == "text/calendar":
            found, more = appointments(decode(content, charset))
            if more:
                self.warnings.append(_unread(more, "appointments", "Upload the calendar in parts."))
            return [LocatedText(one) for one in found]
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            page = web.read(
                _as_utf8(content, charset),
                read_hidden=self.inside.read_hidden,
                linked=self._sheets.of(str(part.get("Content-Location", "")).strip()),
            )
            self.page_title = self.page_title or page.title or ""
            self.warnings += page.warnings
            return list(page.texts)
        text = decode(content, charset) if content.strip() else ""
        if str(part.get_param("format", "")).lower() == "flowed":
            text = unwrapped(text)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        parts = (clean(one) for one in _PARAGRAPHS.split(text))
        return [LocatedText(one) for one in parts if one]

    def _sheet(self, address: str) -> str | None:
        part = self._css.get(address)
        return None if part is None else decode(payload(part), _charset(part))

    def _attach(self, part: Message, content: bytes) -> None:
        name = _file_name(part)
        found = self.inside.read(content, name, part.get_content_type())
        self.attached += found.texts
        self.warnings += found.warnings


def _addresses(part: Message) -> list[str]:
    """The addresses under which others of its message link to a part (RFC 2557)."""
    identity = str(part.get("Content-ID", "")).strip().removeprefix("<").removesuffix(">")
    location = str(part.get("Content-Location", "")).strip()
    return [one for one in (f"cid:{identity}" if identity else "", location) if one]


def _is_attached(part: Message) -> bool:
    disposition = str(part.get("Content-Disposition", "")).strip().lower()
    if disposition.startswith("attachment"):
        return True
    return part.get_content_maintype() not in ("text", "image") and bool(part.get_filename())


def _file_name(part: Message) -> str:
    name = part.get_filename()
    if not name:
        return "message.eml" if part.get_content_type() == "message/rfc822" else "attachment"
    pieces = []
    try:
        for piece, charset in decode_header(str(name)[:LONGEST_FIELD]):
            pieces.append(piece if isinstance(piece, str) else decode(piece, charset))
    except Exception:  # noqa: BLE001 - as in `field`
        pieces = [str(name)]
    return "".join(pieces)


def _inner(part: Message) -> bytes:
    """The message that is attached, as a file."""
    found = part.get_payload()
    if isinstance(found, list) and found and isinstance(found[0], Message):
        inner = found[0].as_bytes()
        way = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
        return base64_decoded(inner) if way == "base64" and not found[0].keys() else inner
    return payload(part)


def _charset(part: Message) -> str | None:
    charset = part.get_content_charset()
    return charset if charset and charset.isascii() else None


def _as_utf8(content: bytes, charset: str | None) -> bytes:
    """The page in UTF-8: what the message says of its encoding goes before what the page says."""
    if not charset:
        return content
    return b"\xef\xbb\xbf" + decode(content, charset).encode(errors="replace")


def _length(texts: list[LocatedText]) -> int:
    return sum(len(text.text) for text in texts)
