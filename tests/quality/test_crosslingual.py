"""Questions in the language that their document is not in, asked through the production code.

The two bounds are set after measuring (in brackets) with the embedding model that is built in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.evaluation.corpus import read_corpus
from cli.evaluation.endpoint import chosen
from cli.evaluation.in_process import measure
from cli.evaluation.languages import document_languages
from cli.evaluation.measurements import Options, Run, untracked
from cli.evaluation.questions import read_questions
from cli.evaluation.report import report
from cli.local.layout import PROJECT
from cli.local.run_record import Running
from tests.model_server import MODELS_KEY

QUESTIONS = PROJECT / "tests" / "golden" / "crosslingual.jsonl"
SAMPLES = PROJECT / "cli" / "local" / "sample_documents"

# Of 33.
LEAST_RIGHT = 1  # [1 with MiniLM, which knows English alone]
MOST_WRONG = 8  # [8]


@pytest.fixture(scope="module")
def found(model_server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    work: Path = tmp_path_factory.mktemp("crosslingual")
    questions, corpus = read_questions(QUESTIONS), read_corpus(SAMPLES)
    run = Run(len(questions), document_languages=document_languages(corpus, questions))
    port = int(model_server.rpartition(":")[2].partition("/")[0])
    endpoint = chosen({}, work, Running(0, port, ()), models_key=MODELS_KEY)
    options = Options(answers=True, missing=0)
    measure(corpus, questions, endpoint, options, work / "vectors.sqlite", run, untracked)
    return report(run)


def test_answers_across_languages_are_right_and_seldom_wrong(found: dict[str, Any]) -> None:
    across = found["across"]
    assert across["questions"] == 33
    assert across["right"] >= LEAST_RIGHT
    assert across["wrong"] <= MOST_WRONG
    assert across["right"] + across["wrong"] + across["refused"] == 33


def test_figures_are_told_by_pair_of_languages(found: dict[str, Any]) -> None:
    pairs = found["languages"]
    assert set(pairs) == {"en->id", "id->en"}
    assert pairs["en->id"]["questions"] == 13
    assert pairs["id->en"]["questions"] == 20
