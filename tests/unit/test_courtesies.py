"""Greetings, thanks, refusals and what was deleted are said in the language of the question."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nexus.answering.courtesies import _PHRASES, courtesy_of
from nexus.answering.phrases import PHRASES, phrases_for
from nexus.answering.refusals import refusal
from nexus.answering.routing import reply, route_of
from nexus.documents.tombstones import DELETED, OUT_OF_SIGHT, tombstone
from nexus.models import Filters, Locator, Passage, Turn
from nexus.text.tongues import tongue_of

GOLDEN = Path(__file__).parents[1] / "golden" / "languages" / "questions.jsonl"
QUESTIONS = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("message", "route", "language"),
    [
        ("你好！", "greeting", "zh"),
        ("谢谢你", "thanks", "zh"),
        ("Hola, buenos días", "greeting", "es"),
        ("¡Muchas gracias por su ayuda!", "thanks", "es"),
        ("नमस्ते", "greeting", "hi"),
        ("धन्यवाद जी", "thanks", "hi"),
        ("السلام عليكم", "greeting", "ar"),
        ("شكرًا جزيلًا", "thanks", "ar"),
        ("Bonjour à tous", "greeting", "fr"),
        ("Merci beaucoup !", "thanks", "fr"),
        ("Bom dia", "greeting", "pt"),
        ("obrigado pela ajuda", "thanks", "pt"),
        ("Привет!", "greeting", "ru"),
        ("Большое спасибо", "thanks", "ru"),
        ("こんにちは", "greeting", "ja"),
        ("ありがとうございます。", "thanks", "ja"),
        ("Hallo zusammen", "greeting", "de"),
        ("Vielen Dank für die Hilfe", "thanks", "de"),
        ("Hallo kak", "greeting", "id"),
        ("Hello", "greeting", "en"),
    ],
)
def test_kind_words_are_answered_in_their_language(message: str, route: str, language: str) -> None:
    assert route_of(message) == route
    said = PHRASES[language]
    assert reply(route_of(message), message) in (said.greeting, said.thanks)


@pytest.mark.parametrize(
    "message",
    ["Hallo, wann öffnet die Bibliothek?", "你好，图书馆几点开门？", "Gracias a la vida", "Bon"],
)
def test_a_question_behind_a_greeting_is_a_question(message: str) -> None:
    assert route_of(message) == "question"


@pytest.mark.parametrize("item", [q for q in QUESTIONS if q["language"] in PHRASES][::2], ids=str)
def test_refusals_are_in_the_questions_language(item: dict[str, str]) -> None:
    passage = Passage("c", "d", "Rules", "u", "1", Locator(), "text", 0.5)
    said = refusal(item["question"], [passage])
    assert said.startswith(PHRASES[item["language"]].not_found)
    assert "Rules" in said
    assert refusal(item["question"], []) == PHRASES[item["language"]].nothing
    turn = Turn("m", item["question"], "", False, "2026-01-01T00:00:00Z", ("d",))
    assert tombstone(replace(turn, deleted_document_ids=("d",))) == DELETED[item["language"]]
    assert tombstone(turn) == OUT_OF_SIGHT[item["language"]]
    written = refusal(item["question"], [], Filters(tags=("menu",)))
    assert written == PHRASES[item["language"]].unmatched.format(names="tags: menu")


def test_a_language_without_sentences_of_its_own_is_answered_in_english() -> None:
    assert tongue_of("Kiedy otwiera się biblioteka?") == "pl"
    assert phrases_for("Kiedy otwiera się biblioteka?") is PHRASES["en"]
    assert phrases_for("B-204") is PHRASES["en"]


def test_every_language_has_every_sentence() -> None:
    assert DELETED.keys() == PHRASES.keys()
    for language, said in PHRASES.items():
        assert "{places}" in said.closest
        assert tongue_of(said.not_found) == language
        assert tongue_of(DELETED[language]) == language


def test_every_courtesy_is_known_by_its_own_letters_alone() -> None:
    # An ASCII message is only looked for in the languages that have such courtesies.
    for language, parts in _PHRASES.items():
        for part in ("greeting", "thanks"):
            for phrase in parts[part]:
                said = courtesy_of(f"{phrase.replace('_', ' ')}!")
                assert said, (language, phrase)
    assert courtesy_of("Obrigado!") == ("thanks", "pt")
