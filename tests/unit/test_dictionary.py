"""What words of English and Indonesian are known to mean in the other language."""

from __future__ import annotations

from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from nexus.text.dictionary import (
    LONGEST,
    bridge,
    english_forms,
    holds,
    indonesian_forms,
    indonesian_root,
    translations,
)

LINES = files("nexus.text").joinpath("dictionary.tsv").read_text("utf-8").splitlines()


def test_each_line_is_an_indonesian_term_and_what_it_is_in_english() -> None:
    assert sorted(LINES) == LINES
    left = [line.split("\t")[0] for line in LINES]
    assert len(set(left)) == len(left) > 4000
    for line in LINES:
        assert line == line.lower()
        term, english = line.split("\t")
        for one in (term, *english.split(",")):
            assert one.split(" ") == one.split()
            assert 1 <= len(one.split()) <= LONGEST


def test_words_are_found_in_whatever_form_they_are_written() -> None:
    assert "borrow" in translations(["peminjaman"], "id")
    assert "borrow" in translations(["dipinjam"], "id")
    assert "library" in translations(["perpustakaannya"], "id")
    assert "perpustakaan" in translations(["libraries"], "en")
    assert "pinjam" in translations(["borrowed"], "en")
    assert "bayar" in translations(["paid"], "en")
    assert english_forms("stopped")[:3] == ("stopped", "stopp", "stop")
    assert indonesian_forms("dibimbing") == ("dibimbing", "bimbing")


def test_an_indonesian_word_is_led_back_to_one_that_is_known() -> None:
    assert indonesian_root("mencetak") == "cetak"
    assert indonesian_root("peminjaman") == indonesian_root("dipinjam") == "pinjam"
    # A word that stands for its own entry may be derived of another.
    assert indonesian_root("keterlambatan") == indonesian_root("terlambat") == "lambat"
    # Those that only grammar knows are words, too.
    assert indonesian_root("berbiaya") == "biaya"
    assert indonesian_root("kelahiran") == "lahir"


@given(st.sampled_from("present member dining different permit members terminal a".split()))
def test_an_english_word_is_derived_of_no_indonesian_one(word: str) -> None:
    assert indonesian_root(word) == word


def test_a_phrase_is_translated_as_one_and_not_by_its_words() -> None:
    found = translations(["rumah", "sakit"], "id")
    assert "hospital" in found
    assert not {"house", "sick", "ill"} & set(found)


def test_a_word_of_both_languages_is_no_translation() -> None:
    assert "air" not in translations(["water"], "en")
    assert "jam" not in translations(["hour"], "en")


def test_nothing_is_known_of_other_languages() -> None:
    assert translations(["bibliothèque"], "fr") == []
    assert not holds("en", "fr")
    assert bridge(["fee"], "en", "fr") is None
    assert bridge(["fee"], "en", "en") is None


def test_a_passage_is_read_in_the_words_of_the_question() -> None:
    known = bridge("berapa denda buku yang terlambat dikembalikan".split(), "id", "en")
    assert known is not None
    read = known.read("the fine for an overdue book is idr 1 000 a day".split())
    assert {"denda", "buku"} <= set(read)
    assert {"idr", "1", "000"} <= set(read)
    assert "fine" not in read

    asked = bridge("which hospital treats employees".split(), "en", "id")
    assert asked is not None
    assert "hospital" in asked.read("karyawan berobat di rumah sakit mitra".split())
    assert "hospital" not in asked.read("karyawan yang sakit tinggal di rumah".split())


@given(st.lists(st.text("abdegiknrtu", min_size=1, max_size=9), max_size=12))
def test_what_the_dictionary_does_not_know_is_read_as_it_is(words: list[str]) -> None:
    known = bridge([], "en", "id")
    assert known is not None
    assert known.read(words) == words
