"""What a turn says of itself in metrics: how sure it was, why it refused, on what it rests."""

from __future__ import annotations

from nexus.metrics import record
from nexus.models import Answer
from nexus.retrieval.retrieved import Retrieved


def measure_passages(retrieved: Retrieved) -> None:
    """Notes how relevant the passages are, from 0 to 1, and how many documents they come from.

    The latter as a share: 1 where each passage is of another document.
    """
    record("retrieval_relevance", retrieved.probability)
    if retrieved.passages:
        documents = {passage.document_id for passage in retrieved.passages}
        record("source_diversity", len(documents) / len(retrieved.passages))


def measure_refusal(retrieved: Retrieved) -> None:
    """Notes why there is no answer: what was compared before a model was asked, or what it found.

    A refusal that comes from the cache has no reason of its own.
    """
    reason = "nothing_supported"
    if retrieved.unmatched:
        reason = "filters"
    elif not retrieved.passages:
        reason = "nothing_found"
    elif retrieved.gate is not None and not retrieved.gate.passed:
        reason = "improbable" if retrieved.gate.compared == "probability" else "off_topic"
    record("refusals", reason=reason)


def measure_answer(answer: Answer) -> None:
    """Counts an answer by its confidence; one that is no refusal is a refusal of 0."""
    record("answers", confidence=answer.confidence.level)
    if not answer.refused or "cache" in answer.timings_ms:
        record("refusals", answer.refused)
