"""Percentiles, clusters and tallies of questions: within what is promised, and the same twice."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.evaluation.questions import read_questions
from cli.evaluation.rated import golden
from nexus.adapters.dynamodb.question_log import DynamoQuestionLog
from nexus.insights.clusters import Asked, gathered
from nexus.insights.histogram import ERROR, Histogram
from nexus.insights.likeness import alike
from nexus.insights.packing import KEPT, digest, length, packed, unpacked
from nexus.insights.rolling import foremost
from nexus.insights.tally import MOST_CLIENTS, Tally
from nexus.models import DocumentRecord, Feedback, LoggedQuestion, Spent
from nexus.spending import billed, by_model

MOMENT = "2026-03-10T09:00:00.000Z"
SPENT = (Spent("chat", 1_480, 330, 2_595_000), Spent("embedder", 20, 0, 400))


def logged(number: int = 0, **said: object) -> LoggedQuestion:
    made = LoggedQuestion(
        *(f"m-{number:032x}", MOMENT, "web", "high", 0.9),
        latency_ms=850.25,
        model="chat",
        spent=SPENT,
        document_ids=("a" * 24, "b" * 24),
        language="en",
        settings="0" * 12,
        asked="1" * 16,
    )
    return replace(made, **said)  # type: ignore[arg-type]


@given(
    st.lists(st.floats(0.02, 3_000_000), min_size=1, max_size=300),
    st.floats(0.01, 1),
    st.integers(1, 5),
)
@settings(max_examples=200, deadline=None)
def test_a_percentile_of_merged_days_is_within_a_hundredth(
    values: list[float], share: float, days: int
) -> None:
    whole = Histogram()
    for day in range(days):
        part = Histogram()
        for value in values[day::days]:
            part.add(value)
        whole.merge(part)
    exact = sorted(values)[max(1, math.ceil(share * len(values))) - 1]
    told = whole.percentile(share)
    assert told is not None
    assert told == pytest.approx(exact, rel=ERROR + 1e-9)


def test_there_is_no_percentile_of_nothing() -> None:
    assert Histogram().percentile(0.5) is None


@pytest.mark.parametrize("dimension", [3, 384, KEPT])
def test_a_packed_embedding_has_nearly_the_cosine_of_the_true_one(dimension: int) -> None:
    chance = random.Random(dimension)
    for _ in range(20):
        one = [chance.gauss(0, 1) for _ in range(dimension)]
        other = [value + chance.gauss(0, 0.5) for value in one]
        true = sum(map(lambda a, b: a * b, one, other)) / math.hypot(*one) / math.hypot(*other)
        mine, theirs = unpacked(packed(one)), unpacked(packed(other))
        told = sum(map(lambda a, b: a * b, mine, theirs)) / length(mine) / length(theirs)
        assert told == pytest.approx(true, abs=0.01)


def test_of_a_long_embedding_the_first_numbers_are_kept_and_of_none_nothing() -> None:
    assert len(packed([0.5] * 3_072)) == KEPT
    assert packed([]) == packed([0.0, 0.0]) == packed([math.nan, 1.0]) == b""


def test_questions_of_the_same_words_have_one_digest_in_a_tenant_and_none_across() -> None:
    assert digest("acme", "When is  it due?") == digest("acme", "when is it due")
    assert digest("acme", "When is it due?") != digest("rival", "When is it due?")


def around(chance: random.Random, centre: list[float], number: int) -> Asked:
    vector = [value + chance.gauss(0, 0.05) for value in centre]
    place = [(MOMENT, f"m{number:05d}")]
    return Asked(packed(vector), {f"{number}"}, 1, examples=place)


def test_what_is_near_is_gathered_whatever_order_it_comes_in() -> None:
    chance = random.Random(3)
    centres = [[chance.gauss(0, 1) for _ in range(64)] for _ in range(12)]

    def questions() -> list[Asked]:
        made = random.Random(4)
        return [around(made, centres[number % 12], number) for number in range(240)]

    first = gathered(questions(), 0.8)
    mixed = questions()
    chance.shuffle(mixed)
    again = gathered(mixed, 0.8)
    assert [one.count for one in first.groups] == [20] * 12
    assert [one.values() for one in first.groups] == [one.values() for one in again.groups]


def test_more_groups_than_there_may_be_are_left_out_and_counted() -> None:
    chance = random.Random(5)
    made = [around(chance, [chance.gauss(0, 1) for _ in range(64)], number) for number in range(50)]
    found = gathered(made, 0.9, 10)
    assert (len(found.groups), found.left_out) == (10, 40)


def test_the_same_words_are_one_question_even_without_an_embedding() -> None:
    made = [Asked(b"", {"x"}, 2), Asked(b"", {"x"}, 3), Asked(b"", {"y"}, 1)]
    assert [one.count for one in gathered(made, 0.9).groups] == [5, 1]


def test_of_many_clusters_those_without_a_good_answer_are_kept_too() -> None:
    often = [Asked(b"", {str(n)}, 100 - n) for n in range(50)]
    missed = Asked(b"", {"missed"}, 1, refused=1)
    assert missed in foremost([*often, missed], 20)
    assert len(foremost([*often, missed], 20)) == 20


def test_a_tally_comes_back_from_its_values_and_days_add_up() -> None:
    one, other = Tally(), Tally()
    for number in range(5):
        one.add(logged(number, client=f"c{number % 2}"))
        other.add(logged(number, refused=True, level="low"))
    other.add(logged(9, failed="models: UpstreamUnavailable"))
    other.rate(Feedback("m", "c", MOMENT, MOMENT, "web", "down", ("wrong",)))
    assert Tally.of(other.values()).values() == other.values()
    one.merge(Tally.of(other.values()))
    assert (one.questions, one.refused, one.failed, one.down) == (11, 5, 1, 1)
    assert one.clients["c0"].questions == 3
    assert (one.documents["a" * 24].cited, one.documents["a" * 24].closest) == (5, 5)
    assert one.models["chat"].nanodollars == 11 * 2_595_000


def test_a_day_of_too_many_clients_says_that_it_is_not_whole() -> None:
    tally = Tally()
    for number in range(MOST_CLIENTS + 1):
        tally.add(logged(number, client=f"c{number}"))
    assert tally.questions == MOST_CLIENTS + 1
    assert (len(tally.clients), tally.whole) == (MOST_CLIENTS, False)


def test_what_models_are_asked_is_on_the_bill_of_the_turn_that_asked() -> None:
    from nexus.spending import SpendingChat
    from tests.fakes import FakeChat

    chat = SpendingChat(FakeChat("yes"), "chat", {"chat": (1.0, 2.0)})
    chat.complete([], 5)
    with billed() as bill:
        chat.complete([], 5)
        chat.complete([], 5)
    assert by_model(bill) == (Spent("chat", 0, 2, 4_000),)


def test_a_question_takes_two_write_units_with_a_long_embedding_and_its_words() -> None:
    log = DynamoQuestionLog(None, "insights", 90, lambda: 0.0)  # type: ignore[arg-type]
    question = logged(vector=b"\x7f" * KEPT, text="w" * 200, document_ids=("a" * 24,) * 5)
    log.written("acme", question)
    [item] = log.items("acme", question)
    assert len(repr(item)) < 4_000  # far more than DynamoDB counts
    size = sum(len(name) + _size(value) for name, value in item.items())
    assert size <= 2_048


def _size(value: object) -> int:
    """As DynamoDB counts an attribute (Developer Guide, "DynamoDB Item sizes and formats")."""
    if isinstance(value, dict):
        [(kind, inner)] = value.items()
        if kind == "L":
            return 3 + sum(1 + _size(one) for one in inner)
        return len(inner) if isinstance(inner, (str, bytes)) else 1
    return 0


@pytest.mark.parametrize(("model", "cosine"), [("multilingual-e5-small-neutral", 0.878)])
def test_each_model_has_its_own_cosine_of_likeness(model: str, cosine: float) -> None:
    assert alike(model) == pytest.approx(cosine, abs=1e-3)
    assert alike(model, 0.5) == 0.5


def test_rated_answers_are_questions_that_eval_reads(tmp_path: pytest.TempPathFactory) -> None:
    import json
    from pathlib import Path

    fees = DocumentRecord("acme", "a" * 24, "fin/fees.md", "s3://x", "Fees", "indexed")
    base = Feedback(
        *("m", "c", MOMENT, MOMENT, "person/ann", "up"),
        question="How much?",
        answer="Nine million. [1]",
        document_ids=("a" * 24, "gone"),
    )
    rated = [
        base,
        replace(base, rating="down", reasons=("wrong",)),
        replace(base, refused=True, rating="down", document_ids=()),
        replace(base, refused=True),
    ]
    lines = [golden(number, one, {"a" * 24: fees}) for number, one in enumerate(rated)]
    assert "ann" not in json.dumps(lines)
    file = Path(str(tmp_path)) / "rated.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    read = read_questions(file)
    assert [one.answerable for one in read] == [True, True, False, False]
    assert [one.document for one in read][:2] == ["fees.md", "fees.md"]
    assert [one.answers for one in read] == [("Nine million.",), (), (), ()]
    assert Counter(line["review"].partition(":")[0] for line in lines)["Liked"] == 1
