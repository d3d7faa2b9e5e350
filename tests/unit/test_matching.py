"""The line that is shown of a text is the one with most of what was looked for, marked truly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.text.matching import MOST_CHARS, MatchingLine, Wanted
from nexus.text.segments import located_words, words_of


def marked(line: MatchingLine | None) -> list[str]:
    return [line.text[begin:end] for begin, end in line.positions] if line else []


def test_the_line_with_most_of_the_words_is_shown() -> None:
    text = "Fees are due.\nThe late fee of a book is small.\nBooks, books and books."
    line = Wanted("How much are the late fees for a book?").best_line(text)
    assert line
    assert line.text == "The late fee of a book is small."
    assert (marked(line), line.words) == (["late", "fee", "book"], 3)


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("paying tuition", "Students who paid pay the tuition.", ["pay", "tuition"]),
        ("Bibliotheksgebühren", "Die Bibliotheksgebühr steigt.", ["Bibliotheksgebühr"]),
        ("matrículas universitarias", "La matrícula universitaria es cara.",
         ["matrícula", "universitaria"]),
        ("Überweisung", "Die Uberweisung der Gebühr", ["Uberweisung"]),
        ("图书馆", "大学图书馆开放。", ["图书馆"]),
        ("शुल्क", "पुस्तक का शुल्क दस रुपये है।", ["शुल्क"]),
        ("bukunya", "Denda buku terlambat.", ["buku"]),
        ("café", "Le CAFÉ ferme.", ["CAFÉ"]),
        ("2026", "Fees of 2026/27.", ["2026"]),
    ],
)  # fmt: skip
def test_words_are_found_by_their_stems_in_many_languages(
    query: str, text: str, found: list[str]
) -> None:
    assert marked(Wanted(query).best_line(f"Nothing here.\n{text}\n")) == found


def test_a_text_without_the_words_has_no_line() -> None:
    assert Wanted("tuition fee").best_line("The harbour opens at seven.") is None
    assert Wanted("?!").best_line("Anything at all?!") is None
    assert Wanted("").best_line("") is None


def test_all_words_have_to_stand_there_and_not_the_commonest() -> None:
    wanted = Wanted("the late fees")
    assert wanted.all_in("A fee for who is LATE.")
    assert not wanted.all_in("A fee for the early.")
    assert not Wanted("").all_in("anything")
    assert Wanted("the").all_in("This is the end.")


def test_a_long_line_is_cut_between_words_around_what_was_found() -> None:
    filler = "nothing to see here and much more of it " * 9
    text = f"{filler}late {filler}the late library fee {filler}"
    line = Wanted("late library fee").best_line(text)
    assert line
    assert marked(line) == ["late", "library", "fee"]
    assert len(line.text) <= MOST_CHARS + 2
    assert line.text.startswith("…")
    assert line.text.endswith("…")
    assert line.text.strip("…") in text


TEXTS = st.text(st.sampled_from("ab cdé\n. 图书馆ชน\u0301İßक्ष\ud83d"), max_size=400)


@given(TEXTS, st.lists(st.sampled_from(["ab", "cdé", "图书", "c", "क्ष"]), max_size=4))
def test_positions_lie_in_the_line_in_order_and_never_overlap(text: str, words: list[str]) -> None:
    line = Wanted(" ".join(words)).best_line(text)
    if line is None:
        return
    assert line.positions
    assert len(line.text) <= MOST_CHARS + 2
    ends = [0]
    for begin, end in line.positions:
        assert ends[-1] <= begin < end <= len(line.text)
        ends.append(end)


@given(TEXTS.filter(lambda text: "İ" not in text))
def test_words_with_their_places_are_the_words(text: str) -> None:
    found = list(located_words(text))
    assert [word for word, _, _ in found] == words_of(text)
    assert all(text[begin:end].lower() == word for word, begin, end in found)
