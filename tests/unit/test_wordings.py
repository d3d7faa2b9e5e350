"""A passage's words are worked out once, and are those that reading it anew finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nexus.retrieval.holding import held_by_sentence, stems_held
from nexus.retrieval.selection import REMEMBERED as COMPARED
from nexus.retrieval.selection import Ranked, _words, select
from nexus.text.dictionary import bridge
from nexus.text.segments import in_pieces, words_of
from nexus.text.sentences import sentence_spans
from nexus.text.stems import stem
from nexus.text.wordings import REMEMBERED, wording
from tests.unit.test_said import hit

# Words that the dictionary reads alone and as phrases, in both languages, and what is of neither.
VOCABULARY = (
    "rumah sakit rumah sakit sakit denda buku perpustakaan terlambat dikembalikan mahasiswa biaya "
    "kartu tanda penduduk surat izin hari kerja cuti the fine for library book late hospital sick "
    "house identity card day off leave IDR 1,000 Straße naïve ΟΔΟΣ 図書館 罰金です हिन्दी"
).split()
TEXTS = st.lists(
    st.tuples(st.sampled_from(VOCABULARY), st.sampled_from([" ", ". ", "\n", ", ", "! A "])),
    max_size=30,
).map(lambda parts: "".join(word + end for word, end in parts))
QUESTIONS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=8)
# Anything that a text may be made of, with what ends sentences often among it.
ANYTHING = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(" .\n!?。·ΣσA")))


@given(title=st.one_of(TEXTS, ANYTHING), text=st.one_of(TEXTS, ANYTHING))
def test_a_passages_words_are_those_of_its_title_and_of_its_sentences(
    title: str, text: str
) -> None:
    found = wording(title, text)
    assert list(found.words) == words_of(f"{title}\n{text}")
    assert frozenset().union(*(words for _, words in found.sentences)) == set(found.text_words)
    assert {stem(word) for word in found.words} == found.by_stem.keys() == found.stems
    assert {stem(word) for word in found.title_words} == found.title_stems
    assert found.sentence_stems == tuple(
        (span, frozenset(map(stem, words))) for span, words in found.sentences
    )
    assert {word for words in found.by_stem.values() for word in words} == found.distinct


@given(text=ANYTHING)
def test_words_without_marks_are_found_as_those_with_them(text: str) -> None:
    # A mark anywhere takes the way of all scripts.
    assert [*words_of(text), "字"] == words_of(f"{text} 字")
    assert in_pieces(words_of(text)) == words_of(text)


@given(asked=QUESTIONS, title=TEXTS, text=TEXTS, tongue=st.sampled_from(["en", "id", ""]))
def test_what_a_passage_holds_is_what_reading_it_word_by_word_tells(
    asked: list[str], title: str, text: str, tongue: str
) -> None:
    question = words_of(" ".join(asked))
    known = bridge(question, tongue, "id" if tongue == "en" else "en") if tongue else None
    wanted = frozenset(map(stem, question))

    def held(part: str) -> frozenset[str]:
        words = words_of(part)
        return wanted.intersection(map(stem, known.read(words) if known else words))

    assert stems_held(title, text, wanted, known) == held(f"{title}\n{text}")
    found = held_by_sentence(title, text, wanted, known)
    spans = [text[start:end] for start, end in sentence_spans(text)]
    assert [(span, held(title) | held(span)) for span in spans] == list(found.sentences)
    assert found.stems == held(title).union(*map(held, spans))


def test_a_process_keeps_the_words_of_no_more_than_so_many_passages() -> None:
    for number in range(REMEMBERED + 10):
        wording("", f"Passage {number}.")
    assert wording.cache_info().currsize <= REMEMBERED
    for number in range(COMPARED + 10):
        select([Ranked(hit("a", f"One {number}.", 1), 1), Ranked(hit("b", "Two.", 1), 0.5)], 2)
    assert _words.cache_info().currsize <= COMPARED


def test_passages_that_differ_in_a_title_or_a_letter_are_not_taken_for_each_other() -> None:
    wanted = frozenset({"fine", "rule"})
    assert stems_held("Rules", "A fine.", frozenset({stem("fine"), stem("rules")}), None)
    assert wording("Rules", "A fine.") is wording("Rules", "A fine.")
    assert wording("Rules A", "fine.") is not wording("Rules", "A fine.")
    assert stems_held("", "No word of these.", wanted, None) == frozenset()


def test_what_one_question_was_told_of_a_passage_is_not_told_to_the_next() -> None:
    text = "Denda buku perpustakaan."
    for asked in (["fine"], ["library"], ["fine"]):
        known = bridge(asked, "en", "id")
        assert stems_held("", text, frozenset(map(stem, asked)), known) == set(map(stem, asked))
    assert stems_held("", text, frozenset({stem("fine")}), bridge(["library"], "en", "id")) == set()


def test_a_phrase_of_a_passage_says_what_it_means_and_not_what_its_words_do() -> None:
    wanted = frozenset(map(stem, ["hospital", "house"]))
    known = bridge(["hospital", "house"], "en", "id")
    partner = "Karyawan berobat di rumah sakit mitra."
    assert stems_held("", partner, wanted, known) == {stem("hospital")}
    assert held_by_sentence("", partner, wanted, known).stems == {stem("hospital")}
    assert stems_held("", "Karyawan yang sakit tinggal di rumah.", wanted, known) == {stem("house")}
