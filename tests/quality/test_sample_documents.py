"""The first question that the README asks is answered by the sentence that answers it."""

from __future__ import annotations

from pathlib import Path

from cli.evaluation.conversations import in_this_process
from cli.evaluation.corpus import read_corpus
from cli.evaluation.endpoint import chosen
from cli.evaluation.measurements import untracked
from tests.model_server import MODELS_KEY
from tests.quality.test_golden_set import SAMPLES, local

ASKED = "What is the fine for returning a book late?"


def test_the_first_question_is_answered_by_the_right_sentence_first(
    model_server: str, tmp_path: Path
) -> None:
    """Beside it stand documents in another language that name prices and late days, too."""
    endpoint = chosen({}, tmp_path, local(model_server), models_key=MODELS_KEY)
    kept = tmp_path / "vectors.sqlite"
    with in_this_process(read_corpus(SAMPLES), endpoint, kept, untracked) as ask:
        told = ask(ASKED, None)
    assert told.text.startswith("The fine for an overdue book is IDR 1,000 per book per day.")
    assert "Paket makan" not in told.text
