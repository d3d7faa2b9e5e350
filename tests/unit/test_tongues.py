"""Some fifty languages are told from a short question."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.text.function_words import FUNCTION_WORDS, function_words_of
from nexus.text.scripts import LOOKED_AT, script_of
from nexus.text.tongues import tongue_of, tongue_of_words

GOLDEN = Path(__file__).parents[1] / "golden" / "languages" / "questions.jsonl"
QUESTIONS = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("part", ["tuned", "held"])
def test_the_language_of_short_questions_is_known(part: str) -> None:
    asked = [item for item in QUESTIONS if item["part"] == part]
    right = Counter(i["language"] for i in asked if tongue_of(i["question"]) == i["language"])
    assert right.total() >= 0.97 * len(asked)  # [.98 of those tuned on, .985 of those held]
    languages = {item["language"] for item in asked}
    assert len(languages) >= 30
    assert [one for one in languages if right[one] < 4] == []  # of 5


@pytest.mark.parametrize(
    "question",
    [
        "Siapakah pencipta lagu itu?",
        "Berapakah luas Jakarta?",
        "Kapankah Windows 95 dirilis?",
        "Dimanakah letak Universitas Harvard?",
        "Abad keberapakah zaman feodal Jepang?",
        'Siapa penulis novel "The Chronicles of Narnia"?',
        "Kapan novel We Need to Talk About Kevin dirilis?",
        "Adakah kantin?",
    ],
)
def test_indonesian_questions_are_told_by_their_clitics_and_despite_english_titles(
    question: str,
) -> None:
    assert tongue_of(question) == "id"


@pytest.mark.parametrize(
    "question",
    [
        "What did Père Marquette found?",
        "How much is the biaya pendaftaran for the programme?",
        "Who wrote Don Quijote de la Mancha?",
        "When wasn't King George's war?",
        "Name a German word for chancellor",
    ],
)
def test_english_questions_stay_english_whatever_names_they_hold(question: str) -> None:
    assert tongue_of(question) == "en"


@pytest.mark.parametrize("text", ["", "B-204", "42", "?!", "🙂"])
def test_what_tells_nothing_has_no_language(text: str) -> None:
    assert tongue_of(text) == ""


def test_japanese_is_told_from_chinese_by_its_syllabaries() -> None:
    assert script_of("図書館は何時に開きますか") == "Kana"
    assert script_of("图书馆几点开门") == "Han"
    assert script_of("The kanji 日本 are two") == "Latin"


def test_words_alone_tell_with_a_margin_or_not_at_all() -> None:
    assert tongue_of_words(["the", "of", "what"], margin=1.5) == "en"
    assert tongue_of_words(["de", "que", "no"], margin=3) == ""
    assert tongue_of_words([]) == ""


def test_only_the_beginning_of_a_text_is_read() -> None:
    assert tongue_of("the of what " + " " * LOOKED_AT + "yang dan di ke dari untuk " * 50) == "en"


def test_a_passage_is_of_the_language_of_most_of_it_whatever_stands_at_its_ends() -> None:
    asked: dict[str, list[str]] = {}
    for item in QUESTIONS:
        asked.setdefault(item["language"], []).append(item["question"])
    passages = {language: " ".join(questions * 3) for language, questions in asked.items()}
    assert [one for one, text in passages.items() if tongue_of(text) != one] == []
    data = '{"question": "", "supported": true, "language": "the one that this is written in"}'
    quoted = {one: f"{data} {text} {data}" for one, text in passages.items()}
    in_other_letters = {one: text for one, text in quoted.items() if script_of(text) != "Latin"}
    assert len(in_other_letters) > 10
    assert [one for one, text in in_other_letters.items() if tongue_of(text) != one] == []


def test_every_list_of_function_words_belongs_to_one_script() -> None:
    languages = [language for lists in FUNCTION_WORDS.values() for language in lists]
    assert len(languages) == len(set(languages))
    assert "der" in function_words_of("de")
    assert function_words_of("th") == frozenset()


@given(st.text(max_size=200))
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert len(tongue_of(text)) in (0, 2)
