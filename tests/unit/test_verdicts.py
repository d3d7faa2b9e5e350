"""A sentence is supported, contradicted or undecided: what can be told for certain, is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.evaluation.grounding import ScriptedVerifier, measure
from cli.evaluation.grounding_sets import read_set
from nexus.answering.verdicts import best_sentences, judge
from nexus.answering.verifying import read_verdicts
from nexus.models import Locator, Passage

GOLDEN = Path(__file__).parent.parent / "golden" / "grounding"
CASES = [json.loads(line) for line in (GOLDEN / "cases.jsonl").read_text("utf-8").splitlines()]
FABRICATIONS, _ = read_set(GOLDEN / "fabrications.jsonl")


def passage(text: str, title: str = "Rules") -> Passage:
    return Passage("c", "d", title, "s3://x", "v1", Locator(), text, 0.9)


def verdict(sentence: str, *texts: str, question: str = "") -> str:
    return judge(sentence, (), [passage(text) for text in texts], question).verdict


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_what_stands_there_is_supported_and_the_half_of_it_is_not(case) -> None:
    found = judge(case["sentence"], (), [passage(case["passage"], case["title"])], case["question"])
    assert (found.verdict == "supported") == case["supported"], found


@pytest.mark.parametrize("case", FABRICATIONS, ids=lambda case: case.sentence)
def test_a_fabrication_is_not_called_supported(case) -> None:
    assert verdict(case.sentence, *case.passages) != "supported"


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Loans last 14 days.", "Loans last two weeks."),
        ("Loans last a fortnight of 14 days.", "Loans last two weeks."),
        ("The desk opens at half past seven.", "The desk opens at 07:30."),
        ("The desk opens at 7.30 a.m.", "The desk opens at 07:30."),
        ("The contract runs for one year, 12 months.", "The contract runs for twelve months."),
        ("A quarter of the students commute.", "25% of the students commute."),
        ("The fee is 2.5 million rupiah.", "The fee is Rp2.500.000."),
        ("罚款为每天2元。", "罚款为每天两元。"),
        ("The tower dates from the 18th century.", "The tower dates from the 1700s."),
        ("Der Vertrag läuft 21 Tage.", "Der Vertrag läuft einundzwanzig Tage."),
        ("Both fees make IDR 350,000.", "The fee is IDR 150,000. The deposit is IDR 200,000."),
        ("About 24,000 shops operate.", "It operates 23,768 shops."),
    ],
)
def test_another_form_of_a_quantity_contradicts_nothing(sentence: str, text: str) -> None:
    assert verdict(sentence, text) != "contradicted"


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Loans last 15 days.", "Loans last two weeks."),
        ("The desk opens at 8:45.", "The desk opens at 07:30."),
        ("罚款为每天三元。", "罚款为每天两元。"),
        ("El contrato dura tres años.", "El contrato dura doce meses."),
        ("Send it to a@evil.example.", "Send it to a@good.example."),
        ("The exam is on 13 March.", "The exam is on 12 March."),
        ("The interest is 2.", "The interest is 2.75 percent."),
    ],
)
def test_a_quantity_that_stands_nowhere_contradicts(sentence: str, text: str) -> None:
    assert verdict(sentence, text) == "contradicted"


def test_a_number_of_the_question_does_not_contradict() -> None:
    text, asked = "Loans last two weeks.", "Do loans last 99 days?"
    assert verdict("They do not last 99 days.", text) == "contradicted"
    assert verdict("They do not last 99 days.", text, question=asked) == "undecided"


def test_what_is_said_of_one_name_is_not_said_of_another_in_the_sentence() -> None:
    text = "In summer Gatsby holds extravagant parties on the island for Daisy."
    said = "In summer {} holds extravagant parties on the island."
    assert verdict(said.format("Gatsby"), text) == "supported"
    assert verdict(said.format("Daisy"), text) == "undecided"


def test_the_best_sentences_are_found_by_words_and_numbers() -> None:
    texts = [passage("Pets stay out. Renewal is free."), passage("Loans last two weeks.")]
    first = best_sentences("A loan is for 14 days.", texts)[0]
    assert (first.passage, first.first) == (2, 1)


def test_only_a_verdict_decides() -> None:
    reply = "1: S\n2: r\n3 - U\n(4) supported\n5: S\n5: R\nI think 6 is fine\n7: maybe"
    assert read_verdicts(reply, 7) == (True, False, None, True, None, None, None)
    assert read_verdicts("", 2) == (None, None)


WORDS = st.lists(st.sampled_from("library desk visitor garden tower river stone".split()),
                 min_size=3, max_size=6, unique=True)  # fmt: skip


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=60))
def test_no_text_makes_a_judgement_fail(sentence: str, text: str, question: str) -> None:
    judge(sentence, (text,), [passage(text)], question)


@given(WORDS, st.integers(20, 9999), st.integers(0, 9))
def test_a_digit_more_is_never_supported(words: list[str], number: int, digit: int) -> None:
    sentence = f"The {' '.join(words)} holds {number} books."
    assert verdict(sentence, f"Intro here. {sentence} Outro.") == "supported"
    longer = sentence.replace(str(number), f"{number}{digit}")
    assert verdict(longer, f"Intro here. {sentence} Outro.") != "supported"


@given(WORDS, st.integers(20, 9999), st.sampled_from("٠०０๐"))
def test_the_system_of_digits_changes_no_verdict(words: list[str], number: int, zero: str) -> None:
    sentence = f"The {' '.join(words)} holds {number} books."
    other = "".join(chr(ord(zero) + int(c)) if c.isdigit() else c for c in sentence)
    assert verdict(other, sentence) == verdict(sentence, sentence) == "supported"


def test_the_check_removes_hardly_a_right_sentence_and_a_verifier_catches_the_wrong_ones() -> None:
    alone = measure([GOLDEN / "nexus_style.jsonl"])[0]
    assert alone["removed"] <= 0.02
    assert alone["settled_wrong"] <= 0.15
    asked = measure([GOLDEN / "nexus_style.jsonl"], ScriptedVerifier(0.93))[0]
    assert asked["removed"] <= 0.06
    assert asked["caught"] >= 0.8
