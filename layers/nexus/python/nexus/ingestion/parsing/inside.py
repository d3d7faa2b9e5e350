"""Reads the files within a file (attachments, members of archives), each as if it came alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from nexus.errors import DocumentRejected, DocumentTooLarge
from nexus.ingestion.parsing.cleaning import HEADING_CHARS, clean, squeeze
from nexus.models import LocatedText, ParsedDocument, ReadingWarning

# A zip within a mail within a zip is as deep as people go.
DEEPEST = 3
MOST_FILES = 500
# More names than this would make the record longer than it is useful.
_MOST_NAMED = 50

ReadFile = Callable[[bytes, str, str, "Inside"], ParsedDocument]


@dataclass(slots=True)
class Allowance:
    """What all the files within one document may still be, together; counted down as they are read.

    `bytes_left` is of files as they are unpacked; `files` counts those that were met.
    """

    bytes_left: int
    files: int = 0


@dataclass(frozen=True, slots=True)
class Inside:
    """How the files within a document are read: by `read_file`, within one allowance, to a depth.

    `read_file` takes the content, the name, the content type, and what is left for files deeper in.
    `read_hidden` asks for what the document itself hides, too.
    """

    read_file: ReadFile
    allowance: Allowance
    depth: int = 1
    read_hidden: bool = False

    def read(self, content: bytes, name: str, content_type: str = "") -> ParsedDocument:
        """The texts of a file, under its name as heading; a warning for a file that is not read.

        Never raises DocumentRejected: one unreadable file is not the whole.
        """
        shown = squeeze(clean(name))[:HEADING_CHARS] or "file"
        self.allowance.files += 1
        try:
            self._refuse_excess(len(content))
            self.allowance.bytes_left -= len(content)
            deeper = replace(self, depth=self.depth + 1)
            document = self.read_file(content, name, content_type, deeper)
        except DocumentRejected as rejection:
            return ParsedDocument((), warnings=self._told(shown, str(rejection)))
        texts = tuple(_under(shown, document.title, text) for text in document.texts)
        warnings = tuple(
            replace(warning, where=", ".join(filter(None, (shown, warning.where))))
            for warning in document.warnings
        )
        return ParsedDocument(texts, document.title, document.pages, warnings)

    def fits(self, size: int) -> bool:
        """Whether a file that unpacks to so many bytes may be read."""
        return self.allowance.files < MOST_FILES and size <= self.allowance.bytes_left

    def _refuse_excess(self, size: int) -> None:
        if self.depth > DEEPEST:
            raise DocumentTooLarge("The file lies too deep in other files: upload it by itself.")
        if self.allowance.files > MOST_FILES:
            raise DocumentTooLarge(
                f"Of the files within a file the first {MOST_FILES} are read: upload it by itself."
            )
        if size > self.allowance.bytes_left:
            raise DocumentTooLarge(
                "The files within the file are together too large: upload it by itself."
            )

    def _told(self, shown: str, reason: str) -> tuple[ReadingWarning, ...]:
        if self.allowance.files > MOST_FILES + _MOST_NAMED:
            return ()
        what, _, advice = reason.partition(": ")
        return (ReadingWarning(f"not read: {what.rstrip('.')}", shown, _sentence(advice)),)


def extension_of(name: str) -> str:
    """A name's extension in lower case, without its dot; "" if it has none."""
    return PurePosixPath(name).suffix.lower().lstrip(".")


def _under(name: str, title: str | None, text: LocatedText) -> LocatedText:
    above = (name,) if not title or title == name else (name, title)
    heading = text.locator.heading
    if heading[:1] == above[1:]:
        above = above[:1]
    return replace(text, locator=replace(text.locator, heading=(*above, *heading)))


def _sentence(advice: str) -> str:
    advice = advice or "upload the file by itself."
    return advice[:1].upper() + advice[1:]
