"""Words are compared in every script: pairs of letters where unspaced, stems by language."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.retrieval.answer_kinds import all_words
from nexus.text.query_words import query_words
from nexus.text.search_terms import indexed_form, indexed_forms, question_terms
from nexus.text.segments import is_plain, is_unspaced, sealed, words_of
from nexus.text.sentences import sentence_spans
from nexus.text.tongues import tongue_of


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_words_of_ascii_are_its_runs_of_letters_and_digits(text: str) -> None:
    assert words_of(text) == re.findall("[a-z0-9]+", text.lower())


def test_unspaced_scripts_become_pairs_as_lucenes_cjk_analyzer_makes_them() -> None:
    # The example of its documentation.
    assert words_of("我是中国人") == ["我是", "是中", "中国", "国人"]
    assert words_of("iPhone充电器 2号") == ["iphone", "充电", "电器", "2", "号"]
    assert words_of("도서관은 언제") == ["도서", "서관", "관은", "언제"]


def test_letters_keep_their_vowel_and_tone_signs() -> None:
    assert words_of("กี่โมง") == ["กี่โ", "โม", "มง"]
    assert words_of("पुस्तकालय कब") == ["पुस्तकालय", "कब"]
    assert all(word[0].isalnum() for word in words_of("តើបណ្ណាល័យបើកម៉ោងប៉ុន្មាន"))


def test_words_with_blanks_between_them_stay_whole() -> None:
    assert words_of("The Library's fee: 1,000 naïve") == [
        "the", "library", "s", "fee", "1", "000", "naïve",
    ]  # fmt: skip


@given(st.text(max_size=80))
def test_no_search_engine_takes_a_word_apart(text: str) -> None:
    for word in query_words(text):
        assert sealed(word) == word or not word.isascii()
    for word in words_of(text):
        assert sealed(word)[0].isalnum()


def test_signs_are_sealed_as_letters() -> None:
    assert sealed("पुस्तकालय").isalnum()
    assert sealed("library") == "library"
    assert sealed("กี่") != sealed("ก")


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("Was kostet das Buch?", "Alle Bücher kosten zehn Euro und die Gebühren sind hoch."),
        ("¿Cuánto cuesta la biblioteca?", "Las bibliotecas de la ciudad cuestan poco."),
        ("Гарантия на телефон?", "На все телефоны действует гарантии срок."),
        ("Apa bukunya mahal?", "Harga buku itu tidak mahal dan tersedia di sini."),
        ("Siapa yang meminjam buku?", "Bukunya dipinjam oleh siapa pun yang mau."),
        ("图书馆几点开门?", "图书馆早上八点开门。"),
    ],
)
def test_forms_of_a_word_meet_in_its_own_language(question: str, passage: str) -> None:
    held = indexed_form(passage, tongue_of(passage)).split()
    assert set(query_words(question)) & set(held)


def test_english_goes_into_the_index_as_it_is() -> None:
    text = "The library — as in “Rules” — opens at 8."
    assert indexed_forms("Rules", text) == ("Rules", text)
    assert query_words("When does the gym open?")[:2] == ["gym", "open"]


def test_a_name_is_found_from_another_language() -> None:
    held = indexed_form("Die Universität Toledo liegt in den Bergen.", "de").split()
    assert "toledo" in held
    assert "universität" in held


def test_a_question_keeps_its_words_beside_their_stems() -> None:
    assert question_terms(["bukunya"], "id") == ["buku", "bukunya"]
    assert question_terms(["books"], "en") == ["books"]


def test_words_that_only_carry_grammar_are_not_searched() -> None:
    assert query_words("Wann ist die Prüfung?") == ["prufung", "prüfung"]
    assert query_words("Siapakah rektornya?")[:2] == ["rektor", "rektornya"]


def test_sentences_end_at_full_stops_of_other_scripts() -> None:
    text = "图书馆八点开门。周末休息！पुस्तकालय खुला है। कब?"
    spans = [text[start:end] for start, end in sentence_spans(text)]
    assert spans == ["图书馆八点开门。", "周末休息！", "पुस्तकालय खुला है।", "कब?"]


def test_the_local_model_compares_pairs_too() -> None:
    assert all_words("中国人 in 2,000") == ["中国", "国人", "in", "2,000"]


def test_everyday_words_are_searched_in_the_other_language_too() -> None:
    assert {"denda", "fine", "penalty", "book"} <= set(query_words("Berapa denda untuk buku itu?"))
    assert {"library", "perpustakaan"} <= set(query_words("When is the library open?"))
    assert "library" not in query_words("Wann öffnet die Bibliothek?")
    # Indonesian for water is an English word with another meaning.
    assert "air" not in query_words("Where does the water come from?")


@given(st.text(max_size=40), st.sampled_from(["en", "", "zh", "th"]))
def test_what_is_plain_is_what_no_word_of_would_be_written_otherwise(
    text: str, tongue: str
) -> None:
    words = words_of(text)
    changed = any(is_unspaced(word) or sealed(word) != word for word in words)
    assert not (is_plain(text) and changed)
    held = indexed_form(text, tongue)
    assert held == (" ".join(map(sealed, words)) if changed else text)
