"""What a manual says of an option, a setting or a step is cut and weighed as one thing's entry."""

from __future__ import annotations

import pytest

from cli.local.models.candidates import Candidate, candidates
from cli.local.models.entries import (
    ASKS,
    DEFINED,
    ECHOES,
    FOR_PURPOSE,
    FURTHER,
    GOES_ON,
    INSTRUCTS,
    INTRODUCES,
    IS_ENTRY,
    MEASURES,
    POINTS,
    entries,
)
from cli.local.models.evidence import (
    FEATURES,
    LEANING,
    measure_words,
    named_literally,
    read_alone,
)
from cli.local.models.prompt_reader import AnswerPrompt, QuotedPassage
from cli.local.models.quoting import quotable
from cli.local.models.sentences import split_units
from nexus.retrieval.answer_kinds import offers
from nexus.text.literals import literals


def found_in(text: str, question: str = "What is it?") -> list[Candidate]:
    return candidates(AnswerPrompt(question, (QuotedPassage(1, "Manual", "", text),), ()))


def gains(question: str, text: str) -> list[float]:
    return [float(gain) for gain in entries(question, found_in(text, question))]


def cut(text: str) -> list[tuple[str, str]]:
    return [(unit.kind, text[unit.start : unit.end]) for unit in split_units(text)]


def terms(text: str) -> list[str]:
    return [text[slice(*unit.term)] if unit.term else "" for unit in split_units(text)]


def test_an_entry_of_several_sentences_is_cut_and_each_stands_under_its_name() -> None:
    for entry, name in (
        ("Scoring: Says how it is marked. The default is 2.", "Scoring"),
        ("lines=num sets how many lines there are. The default is 2.", "lines=num"),
        ("• Scoring: Says how it is marked. The default is 2.", "Scoring"),
    ):
        assert cut(entry)[1] == ("sentence", "The default is 2."), entry
        assert terms(entry)[1] == name


def test_a_numbered_item_keeps_its_number() -> None:
    text = "1. Open the lid. Then wait.\n2. Close it."
    assert [words for _, words in cut(text)] == ["1. Open the lid.", "Then wait.", "2. Close it."]


@pytest.mark.parametrize("line", ["‘--search path’", "size (class Size)", "Square wave SQ2:"])
def test_a_short_line_that_ends_as_no_sentence_names_what_stands_below(line: str) -> None:
    text = f"{line}\nSearches the libraries there."
    assert cut(text)[0] == ("heading", line)
    assert terms(text)[1] == line


def test_a_short_line_with_a_sentence_in_it_is_no_heading() -> None:
    text = "You can turn it off. Just select ‘Edit’\n\nBelow it is more."
    assert cut(text)[0] == ("sentence", "You can turn it off.")


def test_a_sentence_may_begin_with_a_small_letter_after_a_whole_word_or_on_a_new_line() -> None:
    assert len(cut("It is read at each start of the programme. gdb looks in the folder.")) == 2
    assert len(cut("It takes some time, e.g. when it is read, approx. ten seconds or so.")) == 1
    line = "lines=num sets the number of lines for the long answer of it. Default is 1."
    assert len(cut(f"{line}\nheight=dim sets the height of each of these lines for it.")) == 3


def test_a_sentence_that_says_how_to_do_what_is_asked_gains() -> None:
    text = "Margins are wide. To narrow the margin, use the command below."
    told = gains("How do I narrow the margin?", text)
    assert told == [0, INSTRUCTS + FOR_PURPOSE]
    assert gains("What is the margin?", text) == [0, 0]


def test_what_points_elsewhere_introduces_or_goes_on_loses() -> None:
    assert gains("What is the size?", "See Section 4.2 [Sizes], page 7, for details.") == [-POINTS]
    text = "The following sizes of the paper are known to the programme and may be given here:"
    assert gains("What is the size?", f"{text}\n- A4") == [-INTRODUCES, 0]
    assert gains("What is the size?", "Furthermore, the size is told.") == [-GOES_ON]


def test_a_sentence_that_asks_is_no_answer() -> None:
    text = "Why are there no margins? The margins are off by default."
    assert gains("Are there margins?", text) == [-ASKS, 0]


def test_a_figure_gains_where_a_measure_is_asked_for() -> None:
    told = gains("Which size does the page have?", "The page has a size of 7. Much is on page 8.")
    assert told == [MEASURES, 0]
    assert gains("What is the page?", "The size of the page is 7.") == [0]


def test_a_lone_word_or_sign_is_no_answer_and_a_number_is() -> None:
    found = found_in("Note\n\n}\n\n021-555\n\nA short line")
    told = dict(zip([one.text for one in found], quotable(found).tolist(), strict=True))
    assert told == {"Note": False, "}": False, "021-555": True, "A short line": True}


def test_when_something_is_so_a_condition_tells_it() -> None:
    text = "It is not there when the other is on. It is slow."
    date = FEATURES.index("date")

    def told(question: str) -> list[float]:
        found = found_in(text, question)
        return [float(row[date]) for row in measure_words(question, found, {})]

    assert told("When can it not be used?") == [0, -1]
    assert told("When was it used?") == [-1, -1]


def test_a_sentence_of_few_words_is_read_with_what_it_stands_under() -> None:
    name, default = found_in("lines=num sets how many there are. The default is 2.")
    assert read_alone(default) == "lines=num The default is 2."
    assert read_alone(name) == name.text


def test_a_name_with_capitals_inside_is_a_literal_and_a_path_is_a_place() -> None:
    assert literals("What is the default of maxUndoSize?") == ("maxUndoSize",)
    assert literals("What does DefaultScoringM mean?") == ("DefaultScoringM",)
    assert literals("Does YouTube or a McDonald need it?") == ()
    assert offers("place", "it is written into ~/.ddd/log then", frozenset())
    assert not offers("place", "one and/or the other", frozenset())


def test_a_sentence_that_goes_on_from_a_name_is_nearly_as_much_about_it() -> None:
    question = "What does --fold imply?"
    text = (
        "With --fold all letters are folded. It implies caseless tables. Tables are in chapter 7."
    )
    named = named_literally(question, found_in(text, question))
    assert named.tolist() == pytest.approx([1, LEANING, 0])


ENTRY = "‘--fold’ makes flex fold the letters. It implies caseless tables. Tables are in chapter 7."


def test_what_is_asked_about_a_name_counts_more_than_that_it_begins_there() -> None:
    assert gains("What does --fold do?", ENTRY) == [IS_ENTRY, 0, 0]
    assert gains("What does --fold imply?", ENTRY) == [0, FURTHER, 0]
    # Nothing says what it requires, and its kind is no question.
    assert gains("What does --fold require?", ENTRY) == [IS_ENTRY, 0, 0]
    assert gains("What does the --fold switch do?", ENTRY) == [IS_ENTRY, 0, 0]
    elsewhere = "Use --fold early. It is quick.\n\nThe next one implies caseless tables."
    assert gains("What does --fold imply?", elsewhere)[-1] == 0


@pytest.mark.parametrize("asked", ["What does OL mean in ups.status?", "What is OL?"])
def test_what_a_word_means_is_told_by_the_sentence_that_says_so(asked: str) -> None:
    text = "Ask for ups.status at any time of the day. OL means that the line is on."
    assert gains(asked, text)[1] - gains(asked, text)[0] >= DEFINED


def test_a_title_that_only_says_again_what_is_asked_is_no_answer() -> None:
    text = "The printer is really slow.\nSet the baud rate to 9600 to make it faster."
    assert gains("Why is my printer slow?", text)[0] == 0  # how slow was not asked
    assert gains("My printer is really slow, what can I do?", text)[0] == -ECHOES
    assert gains("Problem: I'm sure that it isn't open. Why?", "It isn't open.")[0] == -ECHOES
    # Of an option the text only says what it is for, and the option is the answer.
    option = "--by-payee\nGroup the report by payee."
    assert gains("How do I group the report by payee?", option)[-1] >= 0
    # Whether something is so, the sentence that says it tells.
    assert gains("Is the printer really slow?", text)[0] == 0
