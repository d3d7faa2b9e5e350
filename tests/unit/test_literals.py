"""Names that are written in one way only count as written, in ranking, gate and local answers."""

from __future__ import annotations

import pytest

from cli.local.models.candidates import candidates
from cli.local.models.entries import (
    CODE,
    COUNTS,
    DEFINED,
    ECHOES,
    FURTHER,
    IS_ENTRY,
    IS_OPTION,
    entries,
)
from cli.local.models.prompt_reader import AnswerPrompt, QuotedPassage
from nexus.models import Hit, Locator
from nexus.retrieval.fusion import by_names, fuse
from nexus.retrieval.naming import NAMED_LITERALLY, least_by_names
from nexus.text.literals import MOST, lists_places, literals, share_held


def hit(chunk_id: str, text: str, score: float = 1.0) -> Hit:
    return Hit(chunk_id, "d", "", "d.md", text, Locator(), 0, 1, score)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("What is the -L option for?", ("-L",)),
        ("Does --no-line need nut.conf or YY_NULL?", ("--no-line", "nut.conf", "YY_NULL")),
        ("What does main() return?", ("main()",)),
        ("Is a well-known book free?", ()),
    ],
)
def test_options_files_and_identifiers_are_literal_names(text: str, names: tuple[str, ...]) -> None:
    assert literals(text) == names


def test_a_question_of_nothing_but_names_stays_bounded() -> None:
    assert len(literals(" ".join(f"--n{number}" for number in range(500)))) == MOST


def test_a_name_stands_only_where_it_is_written_so() -> None:
    assert share_held(("-L",), "--actual -L\nReport only real ones.") == 1
    assert share_held(("-L",), "-l and --L and -Long, or -L/usr/lib") == 0
    assert share_held(("-v", "--cache"), "-v/--verbose, --cache/--no-cache: How it is run.") == 1
    assert share_held(("--a", "--b"), "--a") == 0.5
    assert share_held((), "anything") == 0


def test_passages_that_hold_the_names_come_first_and_lists_of_places_last() -> None:
    index = hit("index", f"--permissive {'. ' * 40}80")
    entry, other = hit("entry", "--permissive\nQuiet balance assertions."), hit("other", "Option.")
    ranked = by_names([(index, 0.9), (other, 0.8), (entry, 0.1)], "What does --permissive do?")
    assert [one.chunk_id for one, _ in ranked] == ["entry", "other", "index"]
    assert lists_places(index.text)
    assert not lists_places("Wait . . . then go on. It takes a while, and it ends.")


def test_of_few_hits_by_words_the_last_keeps_its_worth() -> None:
    lexical = [hit("index", "", 6.0), hit("entry", "", 5.0)]
    scores = {one.chunk_id: score for one, score in fuse([], lexical, 0.5)}
    assert scores["entry"] == pytest.approx(0.5 * 5 / 6)


def test_a_passage_with_every_name_is_worth_reading() -> None:
    assert least_by_names("What is -L for?", "--actual -L") == NAMED_LITERALLY
    assert least_by_names("What is -L for?", "--actual") == 0
    assert least_by_names("What is this for?", "--actual -L") == 0


def gains(question: str, text: str) -> dict[str, float]:
    passage = QuotedPassage(1, "Manual", "", text)
    found = candidates(AnswerPrompt(question, (passage,), ()))
    return {
        one.text: float(gain) for one, gain in zip(found, entries(question, found), strict=True)
    }


def test_the_sentence_right_under_a_name_is_its_entry() -> None:
    text = (
        "--strict\nAccounts that are not declared warn. It is slow.\n\nSee --strict for more of it."
    )
    told = gains("What does --strict do?", text)
    assert told["Accounts that are not declared warn."] == IS_ENTRY
    assert told["It is slow."] == 0
    asked = "What does it do with --strict when it finds a misspelled account name?"
    # Of that more is asked, of which the sentence right under the name says a third.
    own = [gain for sentence, gain in gains(asked, text).items() if "See" not in sentence]
    assert own == pytest.approx([-ECHOES, FURTHER / 3, 0])


def test_what_a_thing_is_says_the_sentence_that_begins_with_it() -> None:
    text = "An account is anywhere money can go. Accounts hold an account of it."
    assert list(gains("What is an account in Ledger?", text).values()) == [DEFINED, 0]


def test_where_an_option_is_asked_for_the_sentence_under_one_gains() -> None:
    text = "--cleared\nShow only what was cleared.\n\nYou can mark it as cleared in a file."
    told = gains("Which option shows only what was cleared?", text)
    assert told["Show only what was cleared."] == IS_OPTION
    assert told["You can mark it as cleared in a file."] == 0


def test_how_many_of_a_unit_is_told_by_a_number_of_it() -> None:
    text = "The default is 300 s. There are 20 of them."
    assert list(gains("After how many seconds does it end?", text).values()) == [COUNTS, 0]


def test_code_is_no_sentence_and_a_row_is_no_code() -> None:
    assert (
        min(gains("How is it set?", "protocol ospf { cost 10; stub { yes; } }").values()) == -CODE
    )
    assert not any(gains("How is it set?", "Name: a; Cost: 1; Size: 2; Room: 3; Days: 4").values())
