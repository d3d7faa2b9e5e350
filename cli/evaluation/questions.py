"""Reads the questions of a golden set, each with its answers and the document that holds them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cli.evaluation.corpus import lines_of
from cli.failure import Failure

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question; `document` is the passage's id or the file's name that answers it.

    An unanswerable one may name a document that it is about, or none (""). `pattern` is a regular
    expression that a right answer matches, "" if `answers` tell; `direction` is the languages of
    question and document as "id->en", "" where they are to be found out.
    """

    question_id: str
    text: str
    document: str
    answers: tuple[str, ...]
    answerable: bool
    language: str = ""
    pattern: str = ""
    direction: str = ""


def read_questions(path: Path) -> list[GoldenQuestion]:
    """Reads JSONL lines `{id, question, passage_id | document, answers, answerable}`.

    Those of a cross-lingual set have `answer_matches`, a regular expression, and `direction`
    instead of `answers`. `answerable` is true if absent, the id the line's number. Raises Failure
    naming the line that is not such a question.
    """
    questions = [_question(path, number, line) for number, line in lines_of(path)]
    if not questions:
        raise Failure(f"{path} holds no questions.")
    if len({question.question_id for question in questions}) != len(questions):
        raise Failure(f"{path}: the ids of the questions are not all different.")
    return questions


def evenly(items: Sequence[T], limit: int | None) -> list[T]:
    """At most `limit` of the items, spread evenly over all, in their order."""
    if limit is None or limit >= len(items):
        return list(items)
    return [items[place * len(items) // limit] for place in range(limit)]


def _question(path: Path, number: int, line: dict[str, Any]) -> GoldenQuestion:
    document = line.get("passage_id") or line.get("document") or ""
    text, answers = line.get("question"), line.get("answers") or []
    answerable = line.get("answerable", True)
    pattern, direction = line.get("answer_matches") or "", line.get("direction") or ""
    fits = (
        isinstance(text, str)
        and isinstance(document, str)
        and isinstance(answers, list)
        and all(isinstance(answer, str) for answer in answers)
        and isinstance(answerable, bool)
        and isinstance(direction, str)
        and _is_pattern(pattern)
        and (bool(document) or not answerable)
    )
    if not fits or not text:
        raise Failure(
            f'{path}, line {number}: a question is {{"id", "question", "passage_id" or "document", '
            '"answers": […], "answerable"}.'
        )
    return GoldenQuestion(
        question_id=str(line.get("id") or number),
        text=text,
        document=document,
        answers=tuple(answers),
        answerable=answerable,
        language=str(line.get("language") or ""),
        pattern=pattern,
        direction=direction,
    )


def _is_pattern(pattern: object) -> bool:
    try:
        re.compile(pattern if isinstance(pattern, str) else "(")
    except re.error:
        return False
    return True
