"""Reads mailboxes in one file (MBOX, RFC 4155): each message as if it came alone."""

from __future__ import annotations

import email.parser
import re
from collections.abc import Iterator
from email.policy import compat32

from nexus.errors import EmptyDocument
from nexus.ingestion.parsing.beginnings import MESSAGE_BEGUN
from nexus.ingestion.parsing.inside import MOST_FILES, Inside
from nexus.ingestion.parsing.mail_parts import field
from nexus.models import LocatedText, ParsedDocument, ReadingWarning

_QUOTED = re.compile(rb"^>(>*From )", re.M)
_FIELDS = 100_000


def read(content: bytes, inside: Inside) -> ParsedDocument:
    """The messages in the file's order; a warning for each that is not read.

    Raises EmptyDocument if none is.
    """
    texts: list[LocatedText] = []
    warnings: list[ReadingWarning] = []
    count = skipped = 0
    for number, (start, end) in enumerate(_places(content), start=1):
        if number > MOST_FILES or not inside.fits(end - start):
            skipped += 1
            continue
        message = _QUOTED.sub(rb"\1", content[start:end])
        headers = email.parser.BytesHeaderParser(policy=compat32).parsebytes(message[:_FIELDS])
        subject = field(headers, "Subject")
        found = inside.read(message, subject or f"message {number}", "message/rfc822")
        texts += found.texts
        warnings += found.warnings
        count += bool(found.texts)
    if skipped:
        what = f"not read: {skipped} messages beyond what is read of a mailbox"
        warnings.append(ReadingWarning(what, "", "Upload the mailbox in parts."))
    if not texts:
        raise EmptyDocument("No message of the mailbox holds text: upload messages that do.")
    return ParsedDocument(tuple(texts), pages=max(count, 1), warnings=tuple(warnings))


def _places(content: bytes) -> Iterator[tuple[int, int]]:
    """Where each message begins and ends; one by one, since there may be millions."""
    start = None
    for match in MESSAGE_BEGUN.finditer(content):
        if start is not None:
            yield start, match.start()
        start = match.end()
    if start is not None:
        yield start, len(content)
