"""Shows ratings without the words of documents that were erased since.

Erasing takes them out of the log; here those go that were stored just after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nexus.models import Feedback
from nexus.ports import Catalogue
from nexus.retrieval.erased import was_erased


def without_erased(
    catalogue: Catalogue, tenant: str, ratings: Sequence[Feedback]
) -> list[Feedback]:
    """The ratings, each without what it may quote of a document that was erased after it.

    Raises UpstreamError when the catalogue fails.
    """
    ids = list(dict.fromkeys(item for one in ratings for item in one.document_ids))
    if not ids:
        return list(ratings)
    _, erased = catalogue.get_many_with_erasures(tenant, ids)
    return [_without(one, erased) for one in ratings]


def _without(rating: Feedback, erased: Mapping[str, str]) -> Feedback:
    gone = {
        item
        for item in rating.document_ids
        if item in erased and was_erased(rating.rated_at, erased[item])
    }
    if not gone:
        return rating
    return replace(
        rating,
        # An answer may quote all its sources, and so may the comment on it.
        answer="",
        comment="",
        document_ids=tuple(item for item in rating.document_ids if item not in gone),
        sources=tuple(one for one in rating.sources if one.document_id not in gone),
    )
