"""Shows the turns of a conversation without the answers that cited what has been deleted since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nexus.models import Language, Turn
from nexus.ports import Catalogue
from nexus.text.language import language_of

DELETED = {
    Language.ENGLISH: "This answer is no longer available: a document that it cited was deleted.",
    Language.INDONESIAN: "Jawaban ini tidak tersedia lagi: dokumen yang dikutipnya telah dihapus.",
}


def tombstone(question: str) -> str:
    """The sentence that stands for a deleted answer, in the question's language."""
    return DELETED[language_of(question)]


def without_deleted(catalogue: Catalogue, tenant: str, turns: Sequence[Turn]) -> list[Turn]:
    """The turns, with "" for each answer that cites a document which readers no longer see.

    Erasing a document takes these answers out of the store; here those go that were stored just
    after it, or cite what was only removed from the bucket. Turns that cite nothing cost no call.
    Raises UpstreamError when the catalogue fails.
    """
    cited = list(dict.fromkeys(item for turn in turns for item in turn.document_ids))
    records = catalogue.get_many(tenant, cited) if cited else {}
    live = {item for item, record in records.items() if record.live_revision}
    return [_seen(turn, live) for turn in turns]


def _seen(turn: Turn, live: set[str]) -> Turn:
    gone = tuple(
        item for item in turn.document_ids if item not in live or item in turn.deleted_document_ids
    )
    return replace(turn, answer="", deleted_document_ids=gone) if gone else turn
