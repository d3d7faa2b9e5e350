"""In a talk the local model answers about what was named last, and not about what that replaced."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cli.local.models.candidates import candidates
from cli.local.models.evidence import word_weights
from cli.local.models.extractive import LEAST_READ, read_surely
from cli.local.models.leaning import BESIDE, CARRIED, GIVEN, name_of, outdated, penalties, weighed
from cli.local.models.prompt_reader import AnswerPrompt, QuotedPassage
from cli.local.models.words import stem
from tests.unit.test_extractive import CertainEncoder

LOANS = """\
Kind: Books; Loan: 14 days; Fine: 500
Kind: Films; Loan: 5 days; Fine: 1500
Kind: Maps; Loan: 2 days; Fine: 2000
"""


def talk(question: str, standalone: str, text: str, *earlier: tuple[str, str]) -> AnswerPrompt:
    return AnswerPrompt(question, (QuotedPassage(1, "Title", "", text),), earlier, standalone)


def test_a_word_counts_less_the_further_back_it_was_said() -> None:
    prompt = talk("What is the fine?", "loan of books: films: What is the fine?", LOANS)
    told = weighed(dict.fromkeys(("loan", "book", "film", "fine"), 1.0), prompt)
    assert told == {"fine": 1.0, "film": CARRIED, "book": CARRIED**2, "loan": CARRIED**2}


def test_the_line_of_what_was_named_last_comes_before_the_others() -> None:
    prompt = talk("What is the fine?", "loan of books: films: What is the fine?", LOANS)
    found = candidates(prompt)
    lost = {c.text[:11]: cost for c, cost in zip(found, outdated(found, prompt), strict=True)}
    assert lost["Kind: Films"] == 0
    assert lost["Kind: Books"] > 0
    assert lost["Kind: Maps;"] > 0


def test_lines_that_are_compared_lose_nothing_to_each_other() -> None:
    prompt = talk("Is it more for books or films?", "fine: Is it more for books or films?", LOANS)
    lost = outdated(candidates(prompt), prompt)
    assert list(lost[:2]) == [0, 0]


def test_without_a_talk_no_line_is_outdated() -> None:
    prompt = talk("What is the fine?", "", LOANS)
    assert not outdated(candidates(prompt), prompt).any()


def test_a_line_is_about_its_first_cell_or_what_stands_before_its_colon() -> None:
    assert name_of("Kind: Films; Loan: 5 days") == "Films"
    assert name_of("- Family card: the marriage book and the old card.") == "Family card"
    assert name_of("Films | 5 days | 1500") == "Films"
    assert name_of("Films\t5 days\t1500") == "Films"


def test_what_came_only_beside_an_answer_may_still_be_one() -> None:
    text = "The sauna costs 14 euros. It is open from the age of 16. The pool is warm."
    quoted = "The sauna costs 14 euros. [1] It is open from the age of 16. [1]"
    prompt = talk("From when?", "the sauna: From when?", text, ("What is the sauna?", quoted))
    assert list(penalties(candidates(prompt), prompt)) == [GIVEN, BESIDE, 0]
    assert BESIDE < GIVEN


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_an_answer_that_a_dictionary_read_is_surer_the_more_of_the_question_stands_near_it(
    probability: float, share: float, more: float
) -> None:
    assert read_surely(probability, max(share, more)) >= read_surely(probability, share)


def test_an_answer_with_nothing_of_the_question_near_it_has_to_be_probable() -> None:
    assert read_surely(0.05, 0.0) < LEAST_READ <= read_surely(0.05, 0.5)
    assert read_surely(0.5, 0.0) >= LEAST_READ


def test_what_carries_the_grammar_of_a_language_weighs_nothing() -> None:
    text = "La fianza se devuelve en cinco días."
    found = candidates(talk("¿Cuándo devuelven la fianza?", "", text))
    told = word_weights("¿Cuándo devuelven la fianza?", found, CertainEncoder())
    assert set(told) == {stem("devuelven"), stem("fianza")}
    # Of English "die" is no article.
    assert stem("die") in word_weights("Where did the plants die?", found, CertainEncoder())
