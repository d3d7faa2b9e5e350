"""How an answer's sentences, markers and quotes are read."""

from __future__ import annotations

from cli.evaluation.answers import cited_sentences, measure_answer, stands_in


def test_markers_belong_to_the_sentence_that_they_follow() -> None:
    assert cited_sentences("The U.S. Army said “x.” [1] Next is it. [2]") == [
        "The U.S. Army said “x.” [1]",
        "Next is it. [2]",
    ]
    assert cited_sentences("Fees rise [1]. They fall [2][3].") == [
        "Fees rise [1].",
        "They fall [2][3].",
    ]
    assert cited_sentences("It has a pool [1] and a gym [2].") == [
        "It has a pool [1] and a gym [2]."
    ]


def test_an_answer_is_measured_by_sentence_and_its_quotes_by_document() -> None:
    documents = {"a": "The fee is 40 euros.\nIt is due in May.", "b": "Nothing."}
    measured = measure_answer(
        "Fees exist. [1] The fee is 40 euros. [9] Pay in May.",
        ["40 euros"],
        [("a", "due in\u00a0May"), ("b", "The fee")],
        0.8,
        lambda document_id, quote: stands_in(quote, documents[document_id]),
    )
    assert (measured.contains_1, measured.contains_3) == (False, True)
    assert (measured.quotes, measured.quotes_true) == (2, 1)
    # A marker that names no source is no citation.
    assert (measured.sentences, measured.sentences_cited) == (3, 1)


def test_a_quote_that_cannot_be_looked_up_is_not_counted() -> None:
    measured = measure_answer("Yes. [1]", ["yes"], [("a", "Yes.")], 1.0, lambda *_: None)
    assert measured.quotes_true is None
    assert not stands_in("", "anything")
