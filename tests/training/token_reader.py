"""Trains the network of `cli.local.models.token_reader` on questions whose passages are known.

    uv pip install --require-hashes -r tests/training/requirements.txt
    python -m tests.training.token_reader --corpus ../shared/eval/passages.jsonl
        --questions ../shared/eval/questions.jsonl [--folds 8 [--fold 0]] [--out WEIGHTS.npz]

Each question is asked of its passage and of those that look most like it, and of the latter alone.
One softmax over all their tokens and "none" should choose a token of an answer, or none. With
`--folds` the articles of one fold are left out, for measuring on them. Takes about ten minutes on
two cores.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from torch import nn
from torch.nn import functional

from cli.evaluation.corpus import read_corpus
from cli.evaluation.questions import GoldenQuestion, read_questions
from cli.local.layout import Layout
from cli.local.models.minilm import MAX_TOKENS, SPECIAL_TOKENS, WIDTH, MiniLM
from cli.local.models.prepare import ensure_model
from cli.local.models.relevance import (
    ANSWER_WEIGHT,
    BEST_ANSWER_WEIGHT,
    MIDDLE,
    STEEPNESS,
    closeness,
    passage_states,
    read_question,
)
from cli.local.models.state_cache import StateCache
from cli.local.models.token_reader import (
    COSINE_DEVIATION,
    LOWEST_COSINE,
    RADII,
    USUAL_COSINE,
    WEIGHTS,
    WIDENED,
    Question,
    Weights,
    answer_score,
    read_weights,
)
from cli.terminal import console

HEADS, SIZE, KINDS, HIDDEN = 4, 16, 16, 32
# What is told of a token beside its kind and what is asked for: three shares at each radius, its
# best cosine, its mean one, and the whole text's two.
ALIKE = 3 * len(RADII) + 4
PADDED = -1e4
NEAREST = 40  # passages by cosine, of which the closest follow
RIVALS = 10  # passages that look like the question's, of which it is asked with
SHOWN = 6
BATCH = 8
EPOCHS = 4
RATE = 2e-3
WARM_UP = 50
DECAY = 0.1
DROPPED = 0.4
SEED = 0


@dataclass(frozen=True)
class Example:
    """A question, its article, its passage's place (if one holds an answer) and its rivals'."""

    question: Question
    article: str
    gold: int
    answer: NDArray[np.bool_]
    rivals: tuple[int, ...]
    closeness: Mapping[int, float]


@dataclass(frozen=True)
class Batch:
    """Questions, padded, and texts, padded, of which each belongs to one of them.

    `near` is the texts' closeness, and `answers` marks the answers' tokens in each question's
    first text.
    """

    questions: Any
    asked: Any
    shares: Any
    content: Any
    owners: Any
    texts: Any
    filled: Any
    near: Any
    answers: Any


@dataclass(frozen=True)
class Texts:
    """The token states of all passages, padded, and how many tokens each has."""

    states: NDArray[np.float16]
    lengths: NDArray[np.int64]


def main() -> None:
    """Trains, writes the weights, and says what they are worth on the articles left out."""
    parser = argparse.ArgumentParser(description="Train the local reranker's token reader.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=0, help="leave one fold's articles out")
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    texts, examples = prepare(given.corpus, given.questions)
    articles = sorted({example.article for example in examples})
    left_out = set(articles[given.fold :: given.folds]) if given.folds else set()
    shown = [example for example in examples if example.article not in left_out]
    network = train(texts, shown)
    np.savez_compressed(given.out, allow_pickle=False, **network.weights())
    measured = [example for example in examples if example.article in left_out]
    if measured:
        near, reader = told_apart(texts, measured, read_weights(given.out))
        console.print(f"{len(measured)} questions left out, asked with and without their passage:")
        console.print(f"AUROC of closeness {near:.4f}, with the reader {reader:.4f}")


def told_apart(texts: Texts, examples: list[Example], reader: Weights) -> tuple[float, float]:
    """How well the best text tells whether the passage is among them, without and with the reader.

    Both are areas under the curve: by closeness, and by the sum that `relevance` makes.
    """
    found: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for example in track(examples, "Measuring"):
        sums = {}
        for place in (example.gold, *example.rivals):
            states = texts.states[place, : texts.lengths[place]].astype(np.float32)
            near = STEEPNESS * (example.closeness[place] - MIDDLE)
            answer = answer_score(reader, example.question, states)
            sums[place] = (near, near + (ANSWER_WEIGHT + BEST_ANSWER_WEIGHT) * answer)
        found[True].append(max(sums.values()))
        del sums[example.gold]
        found[False].append(max(sums.values()))
    held, missing = np.array(found[True]), np.array(found[False])
    near, with_reader = (_auroc(held[:, kind], missing[:, kind]) for kind in (0, 1))
    return near, with_reader


def _auroc(higher: NDArray[np.float64], lower: NDArray[np.float64]) -> float:
    """The share of pairs of which the first is higher; a tie counts half."""
    ordered = np.sort(lower)
    below = np.searchsorted(ordered, higher) + np.searchsorted(ordered, higher, side="right")
    return float(below.mean() / 2 / len(lower))


def prepare(corpus: Path, questions: Path) -> tuple[Texts, list[Example]]:
    """The passages' states, and for each answerable question what it is asked of."""
    model = MiniLM(ensure_model(Layout().models))
    documents = read_corpus(corpus).documents
    bodies = [document.read().decode() for document in documents]
    bodies = [
        f"{document.article}\n{body}" for document, body in zip(documents, bodies, strict=True)
    ]
    cache = StateCache(2_000_000_000)
    kept = passage_states(bodies, model, cache)
    states = np.zeros((len(bodies), MAX_TOKENS - SPECIAL_TOKENS, WIDTH), np.float16)
    for place, found in enumerate(kept):
        states[place, : len(found.values)] = found.unpacked()
    vectors = model.embed(bodies)
    place_of = {document.name: place for place, document in enumerate(documents)}
    asked_for = [
        question
        for question in read_questions(questions)
        if question.answerable and question.document in place_of
    ]
    examples = []
    for question in track(asked_for, "Finding rivals"):
        encoding = model.encode([question.text])[0]
        ((_, vector, asked),) = model.read([encoding])
        read = read_question(model.tokens(encoding), asked, model)
        gold = place_of[question.document]
        nearest = np.argsort(-(vectors @ vector))[:NEAREST].tolist()
        rivals = [
            place for place in nearest if place != gold and not holds(bodies[place], question)
        ]
        scores = closeness(read.states, read.shares[0], [kept[place] for place in (gold, *rivals)])
        by_place = dict(zip((gold, *rivals), scores, strict=True))
        rivals = sorted(rivals, key=lambda place: -by_place[place])[:RIVALS]
        answer = answer_tokens(bodies[gold], question, model.places(bodies[gold]))
        if len(rivals) >= SHOWN:
            article = documents[gold].article
            examples.append(Example(read, article, gold, answer, tuple(rivals), by_place))
    return Texts(states, np.array([len(found.values) for found in kept])), examples


def holds(body: str, question: GoldenQuestion) -> bool:
    """Whether a text holds one of the question's answers as whole words."""
    return next(answer_spans(body, question), None) is not None


def answer_spans(body: str, question: GoldenQuestion) -> Iterator[tuple[int, int]]:
    """Where the question's answers stand in a text, in any case."""
    for answer in question.answers:
        for found in re.finditer(rf"(?<!\w){re.escape(answer.strip())}(?!\w)", body, re.IGNORECASE):
            yield found.span()


def answer_tokens(
    body: str, question: GoldenQuestion, places: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which tokens of a text are part of an answer."""
    marked = np.zeros(MAX_TOKENS - SPECIAL_TOKENS, np.bool_)
    for start, end in answer_spans(body, question):
        marked[: len(places)] |= (places[:, 0] < end) & (places[:, 1] > start)
    return marked


class Network(nn.Module):  # type: ignore[misc]
    """What `token_scores` computes, for many texts at once, with what only the training needs.

    The rows that tell of a token are normalised over each batch; `weights` undoes that.
    """

    def __init__(self) -> None:
        super().__init__()
        rows = HEADS + KINDS + ALIKE

        def drawn(*shape: int, to: float) -> nn.Parameter:
            return nn.Parameter(torch.empty(*shape).uniform_(-to, to))

        self.attention = drawn(WIDTH, HEADS, to=0.025)
        self.sought = drawn(HEADS, WIDTH, SIZE, to=0.085)
        self.found = drawn(WIDTH, HEADS, SIZE, to=0.05)
        self.kind = drawn(WIDTH, KINDS, to=0.05)
        self.hidden = drawn(rows, HIDDEN, to=0.16)
        self.hidden_bias = nn.Parameter(torch.zeros(HIDDEN))
        self.score = nn.Parameter(torch.zeros(HIDDEN))
        self.direct = nn.Parameter(torch.zeros(rows))
        self.normal = nn.BatchNorm1d(rows, affine=False)
        # What the ranking knows already, and "none"; they belong to no text's score.
        self.closeness = nn.Parameter(torch.tensor(1.2))
        self.none = nn.Parameter(torch.tensor(5.5))

    def forward(self, batch: Batch) -> Any:
        """A score for each token of each text, far below all others where there is padding."""
        asked = batch.questions * WIDENED
        attention = (asked @ self.attention).masked_fill(~batch.asked[..., None], -1e4)
        sought = torch.einsum("bth,bte->bhe", attention.softmax(dim=1), asked)
        keys = torch.einsum("bhe,hed->bhd", self._seen(sought), self.sought)[batch.owners]
        seen = self._seen(batch.texts * WIDENED)
        shown = torch.einsum("nwe,ehd,nhd->nwh", seen, self.found, keys) / SIZE**0.5
        cosines = torch.einsum("nte,nwe->ntw", batch.questions[batch.owners], batch.texts)
        cosines = cosines.masked_fill(~batch.filled[:, None, :], LOWEST_COSINE)
        shares, content = batch.shares[batch.owners], batch.content[batch.owners]
        told = [
            shares @ functional.max_pool1d(cosines, 2 * radius + 1, 1, radius) for radius in RADII
        ]
        told.append(
            cosines.masked_fill(~content[..., None], LOWEST_COSINE).amax(dim=1, keepdim=True)
        )
        told.append(shares[:, 1:2] @ cosines)
        whole = shares[:, ::2] @ cosines.amax(dim=2)[..., None]
        told.append(whole.expand(-1, -1, cosines.shape[2]))
        alike = (torch.cat(told, dim=1).transpose(1, 2) - USUAL_COSINE) / COSINE_DEVIATION
        rows = torch.cat([shown, seen @ self.kind, alike], dim=2)[batch.filled]
        rows = self.normal(rows)
        hidden = functional.gelu(rows @ self.hidden + self.hidden_bias, approximate="tanh")
        scores = torch.full(batch.filled.shape, PADDED)
        scores[batch.filled] = hidden @ self.score + rows @ self.direct
        return scores

    def _seen(self, states: Any) -> Any:
        return functional.dropout(states, DROPPED, self.training)

    def weights(self) -> dict[str, NDArray[np.float16]]:
        """What `token_scores` reads, its scores being counted from "none"."""
        deviation = (self.normal.running_var + self.normal.eps).sqrt()
        mean = self.normal.running_mean / deviation
        hidden = self.hidden / deviation[:, None]
        direct = self.direct / deviation
        found = {
            "attention": self.attention,
            "sought": self.sought,
            "found": self.found,
            "kind": self.kind,
            "hidden": hidden,
            "hidden_bias": self.hidden_bias - mean @ self.hidden,
            "score": self.score,
            "direct": direct,
            "bias": -(mean @ self.direct) - self.none,
        }
        return {name: value.detach().numpy().astype(np.float16) for name, value in found.items()}


def train(texts: Texts, examples: list[Example]) -> Network:
    """The network after EPOCHS over the examples."""
    torch.manual_seed(SEED)
    random = np.random.default_rng(SEED)
    network = Network()
    network.train()
    apart = {"closeness", "none"}
    named = list(network.named_parameters())
    optimiser = torch.optim.AdamW(
        [
            {"params": [value for name, value in named if name not in apart]},
            {"params": [network.closeness, network.none], "lr": 10 * RATE, "weight_decay": 0.0},
        ],
        lr=RATE,
        weight_decay=DECAY,
    )
    steps = EPOCHS * (len(examples) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARM_UP) * max(0.0, 1 - step / steps)
    )
    for epoch in range(EPOCHS):
        order = random.permutation(len(examples))
        losses = []
        for start in track(
            range(0, len(order) - BATCH + 1, BATCH), f"Epoch {epoch + 1} of {EPOCHS}"
        ):
            chosen = [examples[place] for place in order[start : start + BATCH]]
            batch = read_batch(texts, chosen, random)
            loss = loss_of(network, network(batch), batch)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        console.print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}")
    network.eval()
    return network


def read_batch(texts: Texts, chosen: list[Example], random: np.random.Generator) -> Batch:
    """The arrays of some questions, each with its passage first and then SHOWN rivals of it."""
    rows = []
    for example in chosen:
        # The closest three always, because they are what a search would show.
        others = random.permutation(example.rivals[3:])[: SHOWN - 3].tolist()
        rows.append([example.gold, *example.rivals[:3], *others])
    places = np.array(rows).ravel()
    longest = int(texts.lengths[places].max())
    most = max(len(example.question.states) for example in chosen)
    padded = [_padded(example.question, most) for example in chosen]
    near = [
        STEEPNESS * (example.closeness[place] - MIDDLE)
        for example, row in zip(chosen, rows, strict=True)
        for place in row
    ]
    answers = np.stack([example.answer for example in chosen])[:, :longest]
    states, filled, shares, content = (
        torch.from_numpy(np.stack(part)) for part in zip(*padded, strict=True)
    )
    return Batch(
        states,
        filled,
        shares,
        content,
        torch.arange(len(chosen)).repeat_interleave(SHOWN + 1),
        torch.from_numpy(texts.states[places, :longest].astype(np.float32)),
        torch.from_numpy(np.arange(longest) < texts.lengths[places][:, None]),
        torch.tensor(near, dtype=torch.float32),
        torch.from_numpy(answers),
    )


def _padded(question: Question, most: int) -> tuple[NDArray[Any], ...]:
    short = most - len(question.states)
    return (
        np.pad(question.states, ((0, short), (0, 0))),
        np.arange(most) < len(question.states),
        np.pad(question.shares, ((0, 0), (0, short))),
        np.pad(question.content, (0, short)),
    )


def loss_of(network: Network, scores: Any, batch: Batch) -> Any:
    """How far a softmax over all tokens and "none" is from the answer's, and from none without."""
    scores = scores + (network.closeness * batch.near)[:, None]
    scores = scores.masked_fill(~batch.filled, PADDED).view(len(batch.answers), SHOWN + 1, -1)
    none = network.none.expand(len(scores), 1)

    def together(part: Any) -> Any:
        return torch.cat([part.flatten(1), none], dim=1).logsumexp(dim=1)

    right = scores[:, 0].masked_fill(~batch.answers, PADDED).logsumexp(dim=1)
    with_passage = torch.where(batch.answers.any(dim=1), together(scores) - right, 0.0)
    without = together(scores[:, 1:]) - none[:, 0]
    return (with_passage + without).mean()


if __name__ == "__main__":
    main()
