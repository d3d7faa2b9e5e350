"""Tells texts of certain formats by how they begin: calendars, mailboxes, office XML."""

from __future__ import annotations

import re

# A message begins with such a line, at the file's beginning or after a blank line: who sent it, and
# the moment with its weekday and month. Sentences begin with "From" and may say a year, too.
MESSAGE_BEGUN = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From [^\r\n]{0,300}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? {1,2}"
    rb"(?:[A-Z][a-z]{2} {1,2}\d{1,2}|\d{1,2} [A-Z][a-z]{2} \d{4}),? \d{1,2}:\d\d[^\r\n]{0,60}\r?\n"
)
_OFFICE_XML = re.compile(
    rb"<(?:[\w.-]{1,20}:)?(?:"
    rb"Workbook\s[^>]{0,2000}urn:schemas-microsoft-com:office:spreadsheet"
    rb"|package\s[^>]{0,500}schemas\.microsoft\.com/office/2006/xmlPackage"
    rb"|document\s[^>]{0,8000}urn:oasis:names:tc:opendocument:xmlns:office:1\.0)"
)


def by_beginning(head: bytes) -> str:
    """The module of this package that reads the text; "" where its beginning does not tell."""
    if head.removeprefix(b"\xef\xbb\xbf").startswith(b"BEGIN:VCALENDAR"):
        return "calendars"
    if _is_mailbox(head):
        return "mailbox"
    return "office_xml" if b"<" in head[:8] and _OFFICE_XML.search(head[:12_000]) else ""


def _is_mailbox(head: bytes) -> bool:
    """Whether a file begins as a mailbox does: the line of a message, and its fields."""
    begun = MESSAGE_BEGUN.match(head)
    return begun is not None and re.match(rb"[A-Za-z-]{1,60}:", head[begun.end() :]) is not None
