"""The sample documents' golden questions, asked through the production code: quality has a floor.

The bounds lie a little under what was measured when they were set (in brackets), so that a change
for the worse fails and a question more or less does not. Only questions in their document's
language are asked: the local embedding model knows no other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.evaluation.corpus import TENANT, Corpus, read_corpus
from cli.evaluation.endpoint import PINECONE_KEY, chosen
from cli.evaluation.in_process import measure
from cli.evaluation.lanes import lanes
from cli.evaluation.measurements import Options, Run, untracked
from cli.evaluation.questions import GoldenQuestion, read_questions
from cli.evaluation.report import report
from cli.local.layout import PROJECT
from cli.local.run_record import Running
from nexus.adapters.pinecone.provisioning import index_schema
from tests.model_server import MODELS_KEY
from tests.pinecone_server import API_KEY, PineconeServer

SAMPLES = PROJECT / "cli" / "local" / "sample_documents"
QUESTIONS = PROJECT / "tests" / "golden" / "sample_questions.jsonl"
INDONESIAN = ("panduan-", "faq-", "kalender-", "peraturan-")


def asked() -> list[GoldenQuestion]:
    return [
        question
        for question in read_questions(QUESTIONS)
        if not question.answerable
        or (question.language == "id") == question.document.startswith(INDONESIAN)
    ]


def local(model_server: str) -> Running:
    return Running(0, int(model_server.rpartition(":")[2].partition("/")[0]), ())


@pytest.fixture(scope="module")
def found(model_server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    work: Path = tmp_path_factory.mktemp("golden")
    questions = asked()
    run = Run(len(questions))
    endpoint = chosen({}, work, local(model_server), models_key=MODELS_KEY)
    options = Options(answers=True, missing=len(questions))
    measure(
        read_corpus(SAMPLES), questions, endpoint, options, work / "vectors.sqlite", run, untracked
    )
    return report(run)


def test_the_right_document_comes_first(found: dict[str, Any]) -> None:
    retrieval = found["retrieval"]
    assert retrieval["questions"] >= 36
    assert retrieval["recall@1"] >= 0.97  # [1.00]
    assert retrieval["mrr@10"] >= 0.98  # [1.00]
    # With an encoder of one language it was .97: passages in the other one are no longer far.
    # A document has many passages: these tell a good ranking from one by vectors or words alone.
    assert retrieval["answer_recall@1"] >= 0.90  # [.92]
    assert retrieval["answer_recall@5"] >= 0.97  # [1.00]


def test_answers_hold_what_was_asked_for_and_quote_their_sources(found: dict[str, Any]) -> None:
    answers = found["answers"]
    assert answers["answered"] >= 0.94, missed(found, "refused")  # [1.00]
    assert answers["containment"] >= 0.88, missed(found, "contains")  # [.94]
    assert answers["containment_1"] >= 0.66  # [.72]
    assert answers["citation_precision"] == 1
    assert answers["citation_coverage"] >= 0.98  # [1.00]


def test_it_knows_what_the_documents_do_not_say(found: dict[str, Any]) -> None:
    refusals = found["refusals"]
    assert refusals["auroc"] >= 0.94  # [.95]
    assert refusals["auroc_article_missing"] >= 0.93  # [.95]
    # It was .71 before passages in the other language were read with a dictionary: what is near
    # there is quoted now, where nothing could be.
    assert refusals["unanswerable_refused"] >= 0.41, missed(found, "refused")  # [.47]
    # Documents in the other language are candidates now, where one of one language saw none; since
    # a dictionary reads them, they are nearer still (.44 before).
    assert refusals["article_missing_refused"] >= 0.27  # [.31]
    # Of sixty questions; it was .15 before sheets were read with all their columns' names, and .20
    # before a dictionary read the other language.
    assert found["calibration"]["ece"] <= 0.28  # [.26]


def missed(found: dict[str, Any], what: str) -> list[str]:
    """The questions that came out wrong, for whoever reads the failure."""
    wrong = {"refused": lambda line: line["refused"] == line["answerable"]}.get(
        what, lambda line: line["contains"] is False
    )
    return [f"{line['id']} {line['question']}" for line in found["per_question"] if wrong(line)]


def test_the_same_command_measures_pinecone(model_server: str, tmp_path: Path) -> None:
    server = PineconeServer(index_schema(384))
    try:
        questions = [q for q in asked() if q.document in ("admissions.md", "library-rules.txt")]
        files = read_corpus(SAMPLES).documents
        corpus = Corpus(tuple(file for file in files if file.name.endswith((".md", ".txt"))))
        running = local(model_server)
        endpoint = chosen({PINECONE_KEY: API_KEY}, tmp_path, running, server.url, MODELS_KEY)
        run, kept = Run(len(questions)), tmp_path / "vectors.sqlite"
        measure(corpus, questions, endpoint, Options(missing=0), kept, run, untracked)
        assert report(run)["retrieval"]["recall@1"] == 1
        assert any("search" in request for request in server.requests)
        # What the evaluation wrote into the index is taken out again.
        with lanes(1, corpus, endpoint, kept, {}) as (lane,):
            assert lane.services.index.count(endpoint.settings.generation.namespace(TENANT)) == 0
    finally:
        server.close()
