"""Says how sure an answer is, from what was found, what was written and what was checked."""

from __future__ import annotations

from collections.abc import Sequence

from nexus.answering.generator import Generated
from nexus.models import Passage, Source
from nexus.retrieval.retrieved import Retrieved
from nexus.settings import Settings

# Less than this share of the likeliest passage's relevance is another matter than a near second.
_FAR_BEHIND = 0.2


def sureness(retrieved: Retrieved, generated: Generated, settings: Settings) -> float:
    """The probability, from 0 to 1, that what was written is what the documents say.

    What had to be taken out of an answer makes the rest of it less sure, and what nobody has
    confirmed, or what the passage seems not to tell, is never sure.
    """
    sure = retrieved.probability * generated.support
    sure *= _nearness(retrieved.passages, generated.sources)
    if retrieved.told and all(claim.verified for claim in generated.claims):
        return sure
    return min(sure, (settings.medium_from + settings.high_from) / 2)


def _nearness(passages: Sequence[Passage], sources: Sequence[Source]) -> float:
    """How much of the passages' probability what is quoted may have, from 0 to 1.

    The probability is about the likeliest passage: quotes of others alone, which are far less
    likely to hold the answer, must not have it.
    """
    first = max((passage.score for passage in passages), default=0.0)
    quoted = max((source.passage.score for source in sources), default=first)
    return quoted / first if quoted < _FAR_BEHIND * first else 1.0
