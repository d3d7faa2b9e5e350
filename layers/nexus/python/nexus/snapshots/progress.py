"""Where the writing of a snapshot stands, as one invocation leaves it to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a snapshot stands, and what is in it so far; `phase` is "done" when it is finished.

    `cursor` is the last document that is in it whole, and `document` the one, if any, of whose live
    revision `revision` the first `copied` chunks are; they begin at `chunk_file` and `chunk_row`.
    `listings` counts the invocations before this one.
    """

    snapshot_id: str
    generation: str
    started_at: str
    phase: Literal["copying", "done"] = "copying"
    cursor: str = ""
    document: str = ""
    revision: int = 0
    copied: int = 0
    chunk_file: int = 1
    chunk_row: int = 0
    chunk_files: int = 0
    document_files: int = 0
    listings: int = 0
    documents: int = 0
    chunks: int = 0
    unreadable: int = 0

    def at(self, document: str, revision: int, chunk_place: tuple[int, int]) -> Progress:
        """At the beginning of a document; what was copied of it before is not read by a restore.

        `chunk_place` is the file and the row in which its first chunk will stand.
        """
        file, row = chunk_place
        return replace(
            self, document=document, revision=revision, copied=0, chunk_file=file, chunk_row=row
        )

    def past(self, document: str, *, documents: int = 0, unreadable: int = 0) -> Progress:
        """Behind a document, which counts as these."""
        return replace(
            self,
            cursor=document,
            document="",
            revision=0,
            copied=0,
            documents=self.documents + documents,
            unreadable=self.unreadable + unreadable,
        )
