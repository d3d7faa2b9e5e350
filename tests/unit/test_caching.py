"""What was asked before costs nothing again, and is never another's answer."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.answering.answer_cache import AnswerCache
from nexus.answering.cache_control import CachePolicy, cache_policy
from nexus.answering.cache_keys import answer_key
from nexus.answering.embedding_cache import HELD_EMBEDDINGS, CachedEmbedder
from nexus.answering.forgiving_cache import ForgivingCache
from nexus.answering.opening import Opening, opening
from nexus.errors import UpstreamUnavailable
from nexus.models import (
    Answer,
    Budget,
    Confidence,
    Filters,
    Generation,
    Locator,
    Passage,
    Principal,
    Source,
    Usage,
)
from nexus.ports import Standing
from nexus.settings import Settings
from tests.fakes import FakeCache, FakeClock, FakeEmbedder

DIMENSION = 16
PASSAGE = Passage("c1", "d1", "Fees", "s3://b/fees.pdf", "v1", Locator(page=3), "Rp 2.000", 0.9)
ANSWER = Answer(
    message_id="m-1",
    conversation_id="c-1",
    text="The fine is Rp 2.000 [1].",
    sources=(Source(1, PASSAGE, "Rp 2.000"),),
    confidence=Confidence("high", 0.9),
    refused=False,
    usage=Usage(1, 2, 3),
    timings_ms={"total": 5.0},
    remembered=True,
)


def bare(answer: Answer) -> Answer:
    return replace(
        answer, message_id="", conversation_id="", usage=Usage(), timings_ms={}, remembered=False
    )


class Desk:
    """The caches over a fake one; `forget` ends the process and begins another."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = FakeCache(self.clock)
        self.counts: Counter[str] = Counter()
        self.cache = ForgivingCache(
            self.store, lambda name: self.counts.update([name]), self.clock.now
        )
        self.answers = AnswerCache(self.cache, 86_400)
        self.model = FakeEmbedder(DIMENSION)
        self.embedder = self.forget()

    def forget(self, **changes: Any) -> CachedEmbedder:
        parts = {"model": "minilm", "dimension": DIMENSION, "ttl_s": 60, "executor": AtOnce()}
        self.embedder = CachedEmbedder(self.model, self.cache, **{**parts, **changes})
        return self.embedder


class NobodyAsks:
    """Standings of a turn that looked nothing up."""

    def standing(self, generation: Generation, tenant: str) -> Standing:
        raise NotImplementedError


class AtOnce(Executor):
    """Runs what it is given before `submit` returns."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        fn(*args, **kwargs)


@pytest.fixture
def desk() -> Desk:
    return Desk()


# --- embeddings


def test_a_question_is_embedded_once_in_a_process_and_once_across_processes(desk: Desk):
    first = desk.embedder.embed(["When is the fee due?"])
    held = desk.embedder.embed(["When is the fee due?"])
    desk.store.entries, kept = {}, desk.store.entries
    assert desk.embedder.embed(["When is the fee due?"]) == held
    desk.store.entries = kept
    read = desk.forget().embed(["When is the fee due?"])

    assert desk.model.texts == ["When is the fee due?"]
    assert (first.tokens, held.tokens, read.tokens) == (5, 0, 0)
    assert held == read
    assert held.vectors[0] == pytest.approx(first.vectors[0], abs=1e-7)
    assert desk.counts == {"cache_embedding_miss": 1, "cache_embedding_hit": 3}


def test_spellings_of_one_text_share_an_embedding_and_other_texts_do_not(desk: Desk):
    for text in ("Café\n", " Cafe\u0301", "café", "Caf\u00e9 ?"):
        desk.embedder.embed([text])
    assert desk.model.texts == ["Café", "café", "Café ?"]


@pytest.mark.parametrize("changes", [{"model": "other"}, {"dimension": DIMENSION * 2}])
def test_another_model_or_size_has_embeddings_of_its_own(desk: Desk, changes: dict[str, Any]):
    desk.embedder.embed(["x"])
    desk.model.dimension = changes.get("dimension", DIMENSION)
    assert desk.forget(**changes).embed(["x"]).tokens == 1
    assert len(desk.store.entries) == 2


def test_a_cached_embedding_expires(desk: Desk):
    desk.embedder.embed(["x"])
    desk.clock.advance(60)
    assert desk.forget().embed(["x"]).tokens == 1


def test_what_a_conversation_makes_of_a_question_is_held_in_the_process_only(desk: Desk):
    made_of_it = "How much is a single room in May?"
    desk.embedder.embed([made_of_it])  # as somebody's question, so that the shared cache has it
    kept, embedder = dict(desk.store.entries), desk.forget()
    desk.counts.clear()
    with opening(Opening(NobodyAsks(), AtOnce(), "acme")) as turn:
        assert turn
        turn.look_up(lambda _: {}, ["of the question as it stands"])
        first, held = (embedder.embed([made_of_it]) for _ in range(2))

    assert (first.tokens, held.tokens) == (8, 0)
    assert desk.counts == {"cache_embedding_hit": 1}
    assert desk.store.entries == kept


def test_a_process_s_first_turn_which_looks_nothing_up_finds_an_embedding_of_before(desk: Desk):
    desk.embedder.embed(["How much is it?"])
    with opening(Opening(NobodyAsks(), AtOnce(), "acme")):
        assert desk.forget().embed(["How much is it?"]).tokens == 0


def test_several_texts_are_embedded_anew_and_leave_nothing(desk: Desk):
    for _ in range(2):
        assert desk.embedder.embed(["x", "y"]).tokens == 2
        assert desk.embedder.embed([]).vectors == ()
    assert not desk.store.entries
    assert not desk.counts


def test_a_vector_of_the_wrong_length_is_neither_kept_nor_believed(desk: Desk):
    desk.embedder.embed(["x"])
    [(key, (_, until))] = desk.store.entries.items()
    desk.store.entries[key] = (b"1234", until)
    assert desk.forget().embed(["x"]).tokens == 1
    desk.model.dimension = DIMENSION + 1
    assert len(desk.embedder.embed(["y"]).vectors[0]) == DIMENSION + 1
    assert list(desk.store.entries) == [key]


def test_a_process_holds_the_embeddings_that_were_used_last(desk: Desk):
    desk.embedder.embed(["first"])
    desk.embedder.embed(["second"])
    for number in range(HELD_EMBEDDINGS - 1):
        desk.embedder.embed(["first"])
        desk.embedder.embed([f"filler {number}"])
    desk.store.entries.clear()
    assert desk.embedder.embed(["first"]).tokens == 0
    assert desk.embedder.embed(["second"]).tokens == 1


def test_threads_that_miss_together_all_get_the_embedding(desk: Desk):
    with ThreadPoolExecutor(8) as pool:
        embedder = desk.forget(executor=pool)
        found = list(pool.map(lambda n: embedder.embed([f"question {n % 3}"]), range(60)))
    for number, embeddings in enumerate(found):
        assert embeddings.vectors[0] == pytest.approx(
            desk.model.embed([f"question {number % 3}"]).vectors[0], abs=1e-7
        )
    assert len(desk.store.entries) == 3


# --- answers


def text(largest: int = 40) -> st.SearchStrategy[str]:
    return st.text(max_size=largest)


def number() -> st.SearchStrategy[float]:
    return st.floats(0, 1)


LOCATORS = st.builds(
    Locator,
    page=st.none() | st.integers(1, 9999),
    heading=st.lists(text(), max_size=3).map(tuple),
    slide=st.none() | st.integers(1, 99),
    sheet=st.none() | text(),
    row=st.none() | st.integers(1, 9999),
)
PASSAGES = st.builds(Passage, text(), text(), text(), text(), text(), LOCATORS, text(200), number())
ANSWERS = st.builds(
    Answer,
    message_id=text(),
    conversation_id=text(),
    text=text(200),
    sources=st.lists(st.builds(Source, st.integers(1, 20), PASSAGES, text()), max_size=3).map(
        tuple
    ),
    confidence=st.builds(Confidence, st.sampled_from(["high", "medium", "low"]), number()),
    refused=st.booleans(),
    usage=st.builds(Usage, *[st.integers(0, 9999)] * 3),
    timings_ms=st.dictionaries(text(), number(), max_size=2),
    remembered=st.booleans(),
)


@given(ANSWERS)
def test_every_answer_comes_back_but_for_what_was_the_first_turn_s_own(answer: Answer):
    desk = Desk()
    desk.answers.put("key", answer)
    found = desk.answers.get("key")
    assert found == bare(answer)
    assert isinstance(found.sources, tuple)
    assert desk.counts == {"cache_answer_hit": 1}


def test_a_refusal_is_believed_for_five_minutes_and_an_answer_for_a_day(desk: Desk):
    desk.answers.put("answer", ANSWER)
    desk.answers.put("refusal", replace(ANSWER, refused=True))
    AnswerCache(desk.cache, 60).put("soon", replace(ANSWER, refused=True))
    lives = {key: until - desk.clock() for key, (_, until) in desk.store.entries.items()}
    assert lives == {"answer": 86_400, "refusal": 300, "soon": 60}


@pytest.mark.parametrize("stored", [b"", b"{}", b"null", b"\xff", b'{"text": 1}'])
def test_what_another_release_wrote_is_a_miss(desk: Desk, stored: bytes):
    desk.store.put("key", stored, 60)
    assert desk.answers.get("key") is None
    assert desk.counts == {"cache_answer_miss": 1}


def test_an_answer_that_has_no_utf_8_is_not_kept(desk: Desk):
    desk.answers.put("key", replace(ANSWER, text="\ud83d"))
    assert not desk.store.entries


ALICE = Principal("acme", "alice", "user", "standard", Filters(departments=("A", "B")))
ASKED: dict[str, Any] = {
    "generation": Settings().generation,
    "principal": ALICE,
    "question": "When is the fee due?",
    "filters": Filters(tags=("x", "y"), date_from="2025-01-01"),
    "top_k": 5,
    "style": "concise",
    "prompts": "1",
    "settings": Settings(),
    "version": 7,
}


@pytest.mark.parametrize(
    "change",
    [
        {"principal": replace(ALICE, tenant="other")},
        {"principal": replace(ALICE, filters=Filters())},
        {"principal": replace(ALICE, filters=Filters(departments=("A", "B", "C")))},
        {"principal": replace(ALICE, filters=Filters(tags=("A", "B")))},
        {"filters": Filters(tags=("x", "y"))},
        {"filters": Filters(tags=("x", "y"), date_to="2025-01-01")},
        {"filters": Filters(tags=("x,y",), date_from="2025-01-01")},
        {"generation": replace(Settings().generation, generation_id="other")},
        {"principal": replace(ALICE, filters=ASKED["filters"]), "filters": ALICE.filters},
        {"question": "When is the Fee due?"},
        {"question": "When is the fee due"},
        {"top_k": 6},
        {"style": "detailed"},
        {"prompts": "2"},
        {"version": 8},
    ],
)
def test_whatever_an_answer_depends_on_is_in_its_key(change: dict[str, Any]):
    assert answer_key(**{**ASKED, **change}) != answer_key(**ASKED)


def test_every_setting_is_in_the_key():
    changed: dict[str, Any] = {
        "str": "~",
        "tuple[str, ...]": ("~",),
        "int": 12_345,
        "float": 0.12345,
        "bool": True,
        "float | None": 0.12345,
        "tuple[tuple[str, tuple[str, ...]], ...]": (("~", ("~",)),),
        "tuple[tuple[str, Budget], ...]": (("~", Budget(requests_day=1)),),
        "Budget | None": Budget(requests_day=1),
    }
    for spec in fields(Settings):
        other = replace(Settings(), **{spec.name: changed[str(spec.type)]})
        assert answer_key(**{**ASKED, "settings": other}) != answer_key(**ASKED), spec.name


@pytest.mark.parametrize(
    "change",
    [
        {"principal": replace(ALICE, client="bob", role="admin", plan="admin", expires_at=9)},
        {"principal": replace(ALICE, filters=Filters(departments=("B", "A", "B")))},
        {"filters": Filters(tags=("y", "x"), date_from="2025-01-01")},
        {"question": "  When is\tthe fee\n due? "},
    ],
)
def test_what_an_answer_does_not_depend_on_is_not_in_its_key(change: dict[str, Any]):
    assert answer_key(**{**ASKED, **change}) == answer_key(**ASKED)


def test_a_key_says_nothing_of_the_question_and_any_question_has_one():
    composed, apart = "Jam buka kafé?", "Jam buka kafe\u0301?"
    keys = {answer_key(**{**ASKED, "question": q}) for q in (composed, apart, "\ud83d")}
    assert len(keys) == 2
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in keys)


# --- a cache that fails


@pytest.fixture
def broken(desk: Desk) -> Desk:
    desk.answers.put("key", ANSWER)
    desk.store.failure = UpstreamUnavailable("cache", "Throttled; try again.")
    return desk


def test_a_failing_cache_is_a_miss_that_is_counted(broken: Desk):
    assert broken.answers.get("key") is None
    assert broken.counts["cache_failure"] == 1
    broken.clock.advance(30)
    broken.answers.put("key", ANSWER)
    assert broken.counts["cache_failure"] == 2
    assert broken.embedder.embed(["x"]).tokens == 1


def test_a_cache_that_failed_rests_and_is_then_asked_again(broken: Desk):
    broken.answers.get("key")
    broken.store.failure = None
    broken.clock.advance(29)
    assert broken.answers.get("key") is None
    broken.clock.advance(1)
    assert broken.answers.get("key") == bare(ANSWER)
    assert broken.counts["cache_failure"] == 1


def test_the_embedder_s_own_failure_is_told(desk: Desk):
    desk.model.failure = UpstreamUnavailable("models", "Throttled; try again.")
    for call in (lambda: desk.embedder.embed(["x"]), desk.embedder.ping):
        with pytest.raises(UpstreamUnavailable):
            call()


# --- Cache-Control

BOTH, ONLY_WRITE, NEITHER = CachePolicy(), CachePolicy(read=False), CachePolicy(False, False)


@pytest.mark.parametrize(
    ("header", "policy"),
    [
        (None, BOTH),
        ("", BOTH),
        ("no-cache", ONLY_WRITE),
        ("No-Cache", ONLY_WRITE),
        ("max-age=0", ONLY_WRITE),
        ('max-age="0"', ONLY_WRITE),
        ("max-age=10", BOTH),
        ("no-store", NEITHER),
        ("no-cache, no-store", NEITHER),
        ("NO-STORE,max-age=60", NEITHER),
        ('max-stale , foo="a, b" ,no-cache', ONLY_WRITE),
        ('foo="no-store, no-cache"', BOTH),
        (r'foo="\", no-store"', BOTH),
        ("x-no-store, no-cached, foo=no-store", BOTH),
        (",, ,no-cache,", ONLY_WRITE),
    ],
)
def test_cache_control_says_what_the_cache_may_do(header: str | None, policy: CachePolicy):
    assert cache_policy(header) == policy


@given(st.text())
def test_any_header_means_something(header: str):
    cache_policy(header)
    assert cache_policy(f"no-store, {header}") == NEITHER
