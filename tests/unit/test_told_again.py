"""An answer of before that its caller may see no more tells nothing of what it was made of."""

from __future__ import annotations

from nexus.answering.remembering import seen_again
from nexus.models import (
    AgentStep,
    Answer,
    Confidence,
    DocumentMetadata,
    DocumentRecord,
    PendingAction,
    Principal,
    Usage,
)
from nexus.ports import Manifest
from tests.fakes import FakeCatalogue


def test_no_question_step_or_action_is_told_that_was_made_of_a_hidden_document() -> None:
    catalogue = FakeCatalogue()
    begun = catalogue.begin(
        DocumentRecord(
            "acme", "d1", "fees.md", "s3://b/k", "Fees", "indexing",
            metadata=DocumentMetadata(groups=("board",)),
        )
    )  # fmt: skip
    catalogue.publish(begun, Manifest(begun.revision, ("c1",)))
    answer = Answer(
        "m", "c", "Waiting.", (), Confidence("high", 1.0), False, Usage(), {}, True,
        rewritten_question="Is the fee of nine million due in May?",
        named_document_ids=("d1",),
        steps=(AgentStep(1, "clerk", "tool", "search_documents"),),
        confirmations=(PendingAction("a", "clerk", "mail", "Send", '{"body": "nine million"}', 0),),
    )  # fmt: skip
    outsider = Principal("acme", "kiosk", "user", "standard")
    told = seen_again(catalogue, outsider, "Is it due?", answer)
    assert "million" not in repr(told)
    assert not told.confirmations
    assert not told.steps
