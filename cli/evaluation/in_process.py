"""Measures a corpus through the production code: indexed, searched and answered in this process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from cli.evaluation import asking
from cli.evaluation.corpus import TENANT, Corpus
from cli.evaluation.endpoint import Endpoint
from cli.evaluation.lanes import Lane, lanes, side_by_side
from cli.evaluation.measurements import (
    ARTICLE_MISSING,
    GOLD_REMOVED,
    Judged,
    MeasuredQuestion,
    Options,
    Run,
    Track,
)
from cli.evaluation.questions import GoldenQuestion, evenly
from cli.failure import Failure
from nexus.errors import UpstreamError
from nexus.ingestion.indexer import IndexingReport
from nexus.ingestion.parsing import parse
from nexus.ingestion.revisions import last_stamp

# Work done side by side where nothing is timed.
LANES = 2
# So many questions failing one after another mean that nothing works any more.
GIVE_UP_AFTER = 5


def measure(
    corpus: Corpus,
    questions: Sequence[GoldenQuestion],
    endpoint: Endpoint,
    options: Options,
    cache_file: Path,
    run: Run,
    track: Track,
) -> None:
    """Indexes the corpus and asks the questions, noting each result in `run` at once.

    Raises Failure when nothing can be indexed, and UpstreamError when the services stop answering.
    """
    chunks: dict[str, int] = {}
    space = endpoint.settings.generation.namespace(TENANT)
    _check_documents(corpus, questions)
    with lanes(LANES, corpus, endpoint, cache_file, chunks) as free:
        target = free[0].services.index
        if target.count(space):
            raise Failure(
                f"The index already holds chunks in the namespace {space}, perhaps of another "
                "evaluation: wait until that has ended, or delete the namespace."
            )
        try:
            index_corpus(corpus, free, chunks, run, track)
            _ask(corpus, questions, endpoint, free[0], options, run, track)
            asked = [question for question in questions if question.answerable]
            for condition in (ARTICLE_MISSING, GOLD_REMOVED):
                some = evenly(asked, options.missing)
                _hide(condition, corpus, some, free, run, track)
        finally:
            if endpoint.settings.vector_index != "sqlite":  # that one's file goes as a whole
                for document_id in chunks:
                    target.delete_document(space, document_id, last_stamp(1))


def _check_documents(corpus: Corpus, questions: Sequence[GoldenQuestion]) -> None:
    unknown = [q for q in questions if q.answerable and q.document not in corpus.by_name]
    if unknown:
        raise Failure(
            f"{len(unknown)} questions are about documents that the corpus does not hold; the "
            f"first is {unknown[0].question_id}, about {unknown[0].document}."
        )


def index_corpus(
    corpus: Corpus, free: Sequence[Lane], chunks: dict[str, int], run: Run, track: Track
) -> None:
    """Indexes a corpus, noting in `chunks` how many each document has, and what it took in `run`.

    Raises Failure when nothing can be indexed.
    """
    started = time.perf_counter()

    def bring(lane: Lane, key: str) -> IndexingReport:
        whole = lane.services.indexer.reconcile(key)
        for task in lane.tasks():
            part = lane.services.indexer.index_part(task)
            chunks = whole.chunks + part.chunks
            tokens = whole.tokens_embedded + part.tokens_embedded
            whole = replace(part, chunks=chunks, tokens_embedded=tokens)
        return whole

    keys = [document.key for document in corpus.documents]
    tokens = rejected = 0
    for report in track("Indexing", side_by_side(free, bring, keys), len(keys)):
        chunks[report.document_id] = report.chunks
        tokens += report.tokens_embedded
        rejected += report.outcome == "failed"
    if rejected == len(keys):
        raise Failure("None of the documents could be indexed.")
    run.indexing = {
        "documents": len(keys),
        "rejected": rejected,
        "chunks": sum(chunks.values()),
        "tokens": tokens,
        "seconds": round(time.perf_counter() - started, 2),
    }


def _ask(
    corpus: Corpus,
    questions: Sequence[GoldenQuestion],
    endpoint: Endpoint,
    lane: Lane,
    options: Options,
    run: Run,
    track: Track,
) -> None:
    settings = endpoint.settings
    text_of = _texts(corpus, endpoint)
    failures = 0
    # The first call opens the connections and loads the index: it is not what is timed.
    asking.find(lane.services, questions[0])
    for question in track("Asking", questions, len(questions)):
        try:
            right = corpus.right_for(question.document)
            measured = asking.ask(lane.services, question, right, settings)
            if options.answers:
                measured = asking.answer(lane.services, measured, settings, options.style, text_of)
            failures = 0
        except UpstreamError as error:
            failures += 1
            if failures == GIVE_UP_AFTER:
                raise
            measured = MeasuredQuestion(question, error=type(error).__name__)
        document = corpus.by_name.get(question.document)
        run.questions.append(replace(measured, article=document.article if document else ""))


def _hide(
    condition: str,
    corpus: Corpus,
    questions: Sequence[GoldenQuestion],
    free: Sequence[Lane],
    run: Run,
    track: Track,
) -> None:
    """Asks again with the documents hidden that could answer, or all of their article."""
    before = {item.question_id: item for item in run.missing.get(ARTICLE_MISSING, [])}

    def judge(lane: Lane, question: GoldenQuestion) -> Judged:
        passage = corpus.right_for(question.document)
        article = passage | corpus.articles[corpus.by_name[question.document].article]
        if passage == article and question.question_id in before:
            return before[question.question_id]
        hidden = article if condition == ARTICLE_MISSING else passage
        with lane.index.hiding(hidden):
            return asking.judge(lane.services, question)

    noted = run.missing.setdefault(condition, [])
    name = "Without the article" if condition == ARTICLE_MISSING else "Without the passage"
    for judged in track(name, side_by_side(free, judge, questions), len(questions)):
        noted.append(judged)


def _texts(corpus: Corpus, endpoint: Endpoint) -> asking.TextOf:
    documents = {document.document_id: document for document in corpus.documents}

    @cache
    def text_of(document_id: str) -> str:
        document = documents[document_id]
        parsed = parse(
            document.read(),
            document.path,
            document.content_type,
            max_bytes=endpoint.settings.max_document_bytes,
            max_unpacked_bytes=endpoint.settings.max_unpacked_bytes,
        )
        return "\n".join(text.text for text in parsed.texts)

    return text_of
