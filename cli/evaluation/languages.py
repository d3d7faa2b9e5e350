"""Figures by the languages of question and document, and of answers known by a pattern."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cli.evaluation.corpus import Corpus
from cli.evaluation.figures import mean, rounded
from cli.evaluation.measurements import MeasuredQuestion, Run
from cli.evaluation.questions import GoldenQuestion
from cli.evaluation.rank_measures import recall_at
from nexus.answering.citations import MARKER
from nexus.errors import DocumentRejected
from nexus.text.tongues import tongue_of

Figures = dict[str, Any]

# Where a language is not told and does not show.
UNKNOWN = "?"
# Larger documents are not read for their language.
_MOST_BYTES = 20_000_000


def document_languages(corpus: Corpus | None, asked: Sequence[GoldenQuestion]) -> dict[str, str]:
    """The language of each document that a question is about, by the name that questions use.

    It is what the corpus says, or else what the document's text shows.
    """
    if corpus is None:
        return {}
    from nexus.ingestion.parsing import parse  # which other commands spare

    names = {question.document for question in asked}
    known = [document for document in corpus.documents if document.name in names]
    found = {}
    for document in known:
        if document.language:
            found[document.name] = document.language
            continue
        content = document.read()
        try:
            text = parse(
                content,
                document.path,
                document.content_type,
                max_bytes=_MOST_BYTES,
                max_unpacked_bytes=_MOST_BYTES,
            ).texts
        except DocumentRejected:  # it is measured as any other, in no known language
            continue
        found[document.name] = tongue_of(" ".join(part.text for part in text[:20]))
    return found


def by_pair(run: Run, done: Sequence[MeasuredQuestion]) -> Figures:
    """The figures of each pair of languages, "id->en" for Indonesian about English."""
    pairs: dict[str, list[MeasuredQuestion]] = {}
    for measured in done:
        pairs.setdefault(pair_of(measured.question, run.document_languages), []).append(measured)
    return {pair: _figures(items) for pair, items in sorted(pairs.items())}


def pair_of(question: GoldenQuestion, documents: Mapping[str, str]) -> str:
    """The languages of a question and of the document that it is about."""
    if question.direction:
        return question.direction
    own = question.language or tongue_of(question.text) or UNKNOWN
    return f"{own}->{documents.get(question.document) or UNKNOWN}"


def told_by_pattern(done: Sequence[MeasuredQuestion]) -> Figures:
    """Right, wrong and refused of the questions whose answer a pattern knows, by direction."""
    asked = [m for m in done if m.question.pattern and m.answered is not None]
    directions = sorted({m.question.direction for m in asked})
    found = {name: _told([m for m in asked if m.question.direction == name]) for name in directions}
    return {**_told(asked), **{f"{name} {kind}": count for name in directions if name
                               for kind, count in found[name].items()}}  # fmt: skip


def is_right(measured: MeasuredQuestion) -> bool:
    """Whether the answer, apart from its citations, matches the question's pattern."""
    if measured.answer is None:
        return False
    said = MARKER.sub("", measured.answer.text)
    return bool(re.search(measured.question.pattern, said, re.IGNORECASE))


def _told(asked: Sequence[MeasuredQuestion]) -> dict[str, int]:
    right = sum(map(is_right, asked))
    refused = sum(not m.answered for m in asked)
    counts = {"right": right, "wrong": len(asked) - right - refused, "refused": refused}
    return {**counts, "questions": len(asked)}


def _figures(items: Sequence[MeasuredQuestion]) -> Figures:
    able = [m for m in items if m.question.answerable]
    unable = [m for m in items if not m.question.answerable and m.refused is not None]
    ranks = [m.rank for m in able]
    return {
        "questions": len(items),
        "recall@1": rounded(recall_at(ranks, 1)),
        "recall@10": rounded(recall_at(ranks, 10)),
        "answered": mean(m.answered for m in able if m.answered is not None),
        "containment": mean(m.answer.contains for m in able if m.answer and m.question.answers),
        "refused_unanswerable": mean(bool(m.refused) for m in unable),
    }
