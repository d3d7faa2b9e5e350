"""An evaluation tells its figures by the languages of question and document."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cli.evaluation.corpus import read_corpus
from cli.evaluation.languages import document_languages, is_right, pair_of
from cli.evaluation.measurements import MeasuredAnswer, MeasuredQuestion, Run
from cli.evaluation.questions import GoldenQuestion, read_questions
from cli.evaluation.report import report
from cli.failure import Failure

ANSWER = MeasuredAnswer("It is IDR 1,000. [1]", 0.9, False, False, False, 0.0, 1, 1, 1, 1)


def written(path: Path, *lines: dict[str, object]) -> Path:
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def test_cross_lingual_questions_are_read_as_they_are(tmp_path: Path) -> None:
    line = {"direction": "id->en", "question": "Berapa denda?", "document": "rules.txt"}
    (question,) = read_questions(written(tmp_path / "q", {**line, "answer_matches": r"1[.,]000"}))
    assert (question.pattern, question.direction, question.question_id) == (
        r"1[.,]000", "id->en", "1",
    )  # fmt: skip
    with pytest.raises(Failure, match="line 1"):
        read_questions(written(tmp_path / "bad", {**line, "answer_matches": "("}))


def test_right_wrong_and_refused_are_counted_by_direction() -> None:
    asked = GoldenQuestion("1", "Berapa?", "d", (), True, pattern=r"1[.,]000", direction="id->en")
    right = MeasuredQuestion(asked, rank=1, answered=True, answer=ANSWER)
    wrong = replace(right, answer=replace(ANSWER, text="Nothing [1.000]"), rank=None)
    refused = replace(right, answered=False, answer=None, question=replace(asked, direction=""))
    assert is_right(right)
    found = report(Run(3, [right, wrong, refused]))
    assert found["across"] == {
        "right": 1, "wrong": 1, "refused": 1, "questions": 3,
        "id->en right": 1, "id->en wrong": 1, "id->en refused": 0, "id->en questions": 2,
    }  # fmt: skip
    assert found["languages"]["id->en"]["recall@1"] == 0.5
    assert [line.get("right") for line in found["per_question"]] == [True, False, False]


def test_languages_are_what_the_sets_say_or_what_the_texts_show(tmp_path: Path) -> None:
    corpus = read_corpus(
        written(
            tmp_path / "c",
            {"id": "a", "title": "", "text": "The library opens at eight and it is free."},
            {"id": "b", "title": "", "text": "Kantor buka dari pukul delapan dan tidak tutup."},
            {"id": "c", "title": "", "text": "X", "language": "fr"},
        )
    )
    asked = [GoldenQuestion(name, "Wann ist das?", name, (), True) for name in "abc"]
    languages = document_languages(corpus, asked)
    assert languages == {"a": "en", "b": "id", "c": "fr"}
    assert [pair_of(one, languages) for one in asked] == ["de->en", "de->id", "de->fr"]
    told = replace(asked[0], language="nl")
    assert pair_of(told, {}) == "nl->?"
