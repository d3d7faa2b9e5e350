"""Fits the weights of the local extractive model: `cli.local.models.extractive.FITS`.

    python -m tests.training.extractive ../shared/eval --limit 1500
    python -m tests.training.extractive ../shared/eval/id

The folder holds `passages.jsonl` and `questions.jsonl`. Each question is asked with all passages,
without its own and without its article; the prompt is the production code's. Fitted on half of the
articles, judged on the other half; then fitted on all, which is what is printed to be copied. The
fit for two languages is made of the same examples, without what shared words tell.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cli.evaluation.asking import PRINCIPAL
from cli.evaluation.corpus import Corpus, read_corpus
from cli.evaluation.endpoint import endpoint
from cli.evaluation.in_process import index_corpus
from cli.evaluation.lanes import Lane, lanes
from cli.evaluation.measurements import Run, untracked
from cli.evaluation.probability_measures import auroc
from cli.evaluation.questions import GoldenQuestion, evenly, read_questions
from cli.local.layout import Layout
from cli.local.models.candidates import Candidate, candidates
from cli.local.models.encoder import TextEncoder
from cli.local.models.evidence import (
    FIRST_FEATURES,
    coverage,
    measure_alone,
    measure_inside,
    measure_words,
    without_words,
    word_weights,
)
from cli.local.models.extractive import ENCODED, presence_inputs
from cli.local.models.extractive_weights import Fit
from cli.local.models.passage_cosines import Asked, read_question
from cli.local.models.passage_reader import PassageReader
from cli.local.models.prepare import ensure_model
from cli.local.models.prompt_reader import read_prompt
from cli.local.models.state_cache import StateCache, TokenStates, quantised
from nexus.answering.prompts import answer_messages
from nexus.models import Filters
from tests.training.regression import choice, logistic

Array = NDArray[np.float32]
STATES_BYTES = 1_500_000_000
# Of the questions whose passage is there, the model refuses so many beside those that the search
# has refused.
REFUSED = 0.01


@dataclass(frozen=True)
class Example:
    """A prompt's candidates, which of them hold the answer, and whether any passage is the right.

    `asked_of` is "all", or what was hidden: "passage" or "article".
    """

    article: str
    asked_of: str
    found: list[Candidate]
    rows: Array
    right: NDArray[np.bool_]
    present: float
    asked: Asked


class _Remembering(PassageReader):
    """Reads each sentence once, however often the fit looks at it."""

    def __init__(self, model: TextEncoder, cache: StateCache) -> None:
        super().__init__(model, cache)
        self._known: dict[str, tuple[Array, TokenStates]] = {}

    def both(self, texts: Sequence[str]) -> tuple[Array, list[Array]]:
        """The vectors of each text and of its tokens, these as the cache would keep them."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            for text, vector, states in zip(new, *super().both(new), strict=True):
                self._known[text] = vector, quantised(states)
        kept = [self._known[text] for text in texts]
        return np.stack([vector for vector, _ in kept]), [states.unpacked() for _, states in kept]


def main() -> None:
    """Prints the fit for a folder's questions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, help="ask so many questions, spread over all")
    arguments = parser.parse_args()
    corpus = read_corpus(arguments.folder / "passages.jsonl")
    found = read_questions(arguments.folder / "questions.jsonl")
    asked = evenly([question for question in found if question.answerable], arguments.limit)
    encoder, cache = TextEncoder(ensure_model(Layout().models)), StateCache(STATES_BYTES)
    model = _Remembering(encoder, cache)
    examples = list(_examples(corpus, asked, model))
    print("words and meaning")
    _show(examples, model)
    print("across languages: meaning alone")
    _show([wordless(example) for example in examples], model)


def _show(examples: Sequence[Example], model: PassageReader) -> None:
    half = [example for example in examples if _is_tuned_on(example.article)]
    left = [example for example in examples if not _is_tuned_on(example.article)]
    print("left out:", _judge(_fit(half, model), left, model))
    fit = _fit(examples, model)
    print("all:", _judge(fit, examples, model))
    for name in ("first", "last", "presence"):
        print(f"{name} = {[round(float(v), 2) for v in getattr(fit, name)]}")
    print(f"refuse_below = {fit.refuse_below:.3f}", flush=True)


def wordless(example: Example) -> Example:
    """An example as if its passages were in another language than its question."""
    return replace(example, rows=without_words(example.rows), present=0.0)


def _is_tuned_on(article: str) -> bool:
    return hashlib.sha256(article.encode()).digest()[0] % 2 == 0


def _examples(
    corpus: Corpus, asked: Sequence[GoldenQuestion], model: PassageReader
) -> Iterator[Example]:
    chunks: dict[str, int] = {}
    with (
        tempfile.TemporaryDirectory() as scratch,
        endpoint(os.environ, Path(scratch)) as used,
        lanes(1, corpus, used, Path(scratch, "kept.sqlite"), chunks) as (lane,),
    ):
        index_corpus(corpus, [lane], chunks, Run(0), untracked)
        for question in asked:
            article = corpus.by_name[question.document].article
            own = corpus.right_for(question.document)
            hidden = {"all": frozenset[str](), "passage": own, "article": own}
            hidden["article"] |= corpus.articles[article]
            if hidden["article"] == own:
                del hidden["article"]
            for name, ids in hidden.items():
                with lane.index.hiding(ids):
                    example = _example(lane, question, name, article, own, model)
                if example is not None:
                    yield example


def _example(
    lane: Lane,
    question: GoldenQuestion,
    asked_of: str,
    article: str,
    own: frozenset[str],
    model: PassageReader,
) -> Example | None:
    passages = lane.services.retriever.retrieve(PRINCIPAL, question.text, 5, Filters()).passages
    prompt = read_prompt(answer_messages(question.text, passages)[-1].content)
    found = candidates(prompt) if prompt else []
    if not found:
        return None
    weights = word_weights(question.text, found, model)
    asked = read_question(question.text, model)
    rows = measure_inside(found, measure_words(question.text, found, weights), asked, model)
    right = [
        passages[candidate.rank].document_id in own
        and any(answer.casefold() in candidate.text.casefold() for answer in question.answers)
        for candidate in found
    ]
    present = coverage(weights, frozenset().union(*(candidate.stems for candidate in found)))
    return Example(article, asked_of, found, rows, np.array(right), present, asked)


def _fit(examples: Sequence[Example], model: PassageReader) -> Fit:
    whole = [e for e in examples if e.asked_of == "all" and e.right.any()]
    first = choice([(e.rows[:, :FIRST_FEATURES].astype(float), e.right) for e in whole])
    groups = []
    for example in whole:
        rows, right = _alone(example, first, model)
        if right.any():
            groups.append((rows.astype(float), right))
    last = choice(groups)
    inputs, held, kept = [], [], []
    for example in examples:
        rows, right, told = _presence(example, first, last, model)
        del rows
        if example.asked_of != "all" or right.any():
            inputs.append(told)
            held.append(example.asked_of == "all")
            kept.append(example.asked_of == "all")
    design = np.array(inputs, float)
    presence = logistic(design, np.array(held))
    said = 1 / (1 + np.exp(-(design[np.array(kept)] @ presence)))
    found = [np.asarray(weights, np.float32) for weights in (first, last, presence)]
    return Fit(found[0], found[1], found[2], float(np.quantile(said, REFUSED)))


def _alone(
    example: Example, first: NDArray[np.floating], model: PassageReader
) -> tuple[Array, NDArray[np.bool_]]:
    """The rows of the candidates that are read alone, and which of them are right."""
    order = np.argsort(-(example.rows[:, :FIRST_FEATURES] @ first), kind="stable")[:ENCODED]
    best = [example.found[place] for place in order]
    return measure_alone(best, example.rows[order], example.asked, model), example.right[order]


def _presence(
    example: Example,
    first: NDArray[np.floating],
    last: NDArray[np.floating],
    model: PassageReader,
) -> tuple[Array, NDArray[np.bool_], list[float]]:
    """The rows and their rightness, best first, and what tells whether the answer is there."""
    rows, right = _alone(example, first, model)
    scores = rows @ last
    order = np.argsort(-scores, kind="stable")
    rows, right = rows[order], right[order]
    return rows, right, presence_inputs(rows, scores[order].astype(np.float32), example.present)


def _judge(fit: Fit, examples: Sequence[Example], model: PassageReader) -> dict[str, float]:
    said: dict[str, list[float]] = {"all": [], "passage": [], "article": []}
    hits = questions = 0
    for example in examples:
        _, right, told = _presence(example, fit.first, fit.last, model)
        probability = 1 / (1 + np.exp(-(np.array(told) @ fit.presence)))
        if example.asked_of == "all":
            if not example.right.any():
                continue
            questions += 1
            hits += bool(right[0])
        said[example.asked_of].append(float(probability))
    found = {"questions": questions, "right sentence first": hits / max(1, questions)}
    found["answered"] = float((np.array(said["all"]) >= fit.refuse_below).mean())
    for name in ("passage", "article"):
        if said[name]:
            found[f"AUROC {name}"] = auroc(said["all"], said[name]) or 0.0
            found[f"refused {name}"] = float((np.array(said[name]) < fit.refuse_below).mean())
    return {name: round(value, 4) for name, value in found.items()}


if __name__ == "__main__":
    main()
