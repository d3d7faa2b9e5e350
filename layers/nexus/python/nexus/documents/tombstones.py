"""Shows the turns of a conversation without answers that quote what the reader may not see now."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from nexus.models import Language, Principal, Turn
from nexus.ports import Catalogue
from nexus.retrieval.rights import permits
from nexus.text.language import language_of

DELETED = {
    Language.ENGLISH: "This answer is no longer available: a document that it cited was deleted.",
    Language.INDONESIAN: "Jawaban ini tidak tersedia lagi: dokumen yang dikutipnya telah dihapus.",
}
OUT_OF_SIGHT = {
    Language.ENGLISH: "This answer is no longer available: it cited a document that this key may "
    "not see.",
    Language.INDONESIAN: "Jawaban ini tidak tersedia lagi: dokumen yang dikutipnya tidak boleh "
    "dilihat dengan kunci ini.",
}


def tombstone(turn: Turn) -> str:
    """The sentence that stands for an answer that is not shown, in the question's language."""
    why = DELETED if turn.deleted_document_ids else OUT_OF_SIGHT
    return why[language_of(turn.question)]


def as_seen(catalogue: Catalogue, principal: Principal, turns: Sequence[Turn]) -> list[Turn]:
    """The turns, with "" for each answer that cites a document which the principal does not see.

    Erasing a document takes these answers out of the store; here those go that were stored just
    after it, that cite what was only removed from the bucket, or what has moved out of the key's
    rights since, or they became narrower. Turns that cite nothing cost no call. Raises
    UpstreamError when the catalogue fails.
    """
    cited = list(dict.fromkeys(item for turn in turns for item in turn.document_ids))
    records = catalogue.get_many(principal.tenant, cited) if cited else {}
    live = {item: record for item, record in records.items() if record.live_revision}
    hidden = {item for item, record in live.items() if not permits(principal.filters, record)}
    return [_seen(turn, live.keys(), hidden) for turn in turns]


def _seen(turn: Turn, live: Set[str], hidden: Set[str]) -> Turn:
    gone = tuple(
        item for item in turn.document_ids if item not in live or item in turn.deleted_document_ids
    )
    unseen = tuple(item for item in turn.document_ids if item in hidden and item not in gone)
    if not gone and not unseen:
        return turn
    return replace(turn, answer="", deleted_document_ids=gone, hidden_document_ids=unseen)
