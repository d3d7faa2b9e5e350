"""Writes rated answers as questions to review, in the form that `nexus eval --questions` reads."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.connection import Connection
from cli.failure import Failure
from cli.terminal import console
from nexus.insights.analytics import MOST_DAYS, Range
from nexus.insights.days import before, today
from nexus.insights.inventory import described
from nexus.models import DocumentRecord, Feedback

# Ratings that are written at most, the oldest first.
MOST = 10_000
_MARK = re.compile(r"\s?\[[\d.,; ]{1,40}\]")


def write_rated(connection: Connection, tenant: str | None, path: Path) -> None:
    """Writes what a stage's people thought of answers; who they are is left out.

    Raises Failure where nothing was rated, or the stage keeps no words.
    """
    owner, analytics = connection.tenant(tenant), connection.analytics
    now = today(time.time())
    asked = Range(before(now, MOST_DAYS - 1), now)
    rated = analytics.rated(owner, asked, MOST)
    worded = [one for one in rated if one.question]
    if not worded:
        raise Failure(
            f"There are {len(rated)} ratings, and none with its question: a stage keeps words with "
            "NEXUS_KEEP_QUESTIONS=true."
            if rated
            else "Nothing has been rated yet: see POST /v1/feedback."
        )
    ids = [key for one in worded for key in one.document_ids]
    named = described(analytics.catalogue(), owner, ids)
    lines = [golden(number, one, named) for number, one in enumerate(worded, start=1)]
    path.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
    )
    console.print(f"{len(lines)} rated answers are in {path}: review each before you measure.")


def golden(number: int, one: Feedback, named: Mapping[str, DocumentRecord]) -> dict[str, Any]:
    """A rated answer as a golden question; `review` says what is still to be decided.

    An answer that was liked is taken for right, and its first source for the place. What was
    refused, or answered wrongly, has no answers yet.
    """
    paths = [named[key].path for key in one.document_ids if key in named]
    liked, document = one.rating == "up", paths[0] if paths else ""
    answerable = bool(document) and not one.refused
    answers = [_MARK.sub("", one.answer).strip()] if liked and answerable and one.answer else []
    return {
        "id": f"rated-{number}",
        "question": one.question,
        "document": document.rpartition("/")[2],
        "answers": answers,
        "answerable": answerable,
        "rating": one.rating,
        "reasons": list(one.reasons),
        "comment": one.comment,
        "said": one.answer,
        "documents": paths,
        "rated_at": one.rated_at[:10],
        "review": _review(one, liked=liked),
    }


def _review(one: Feedback, *, liked: bool) -> str:
    if one.refused:
        if liked:
            return "Refused, and rightly: no document answers it."
        return "Refused, and wrongly? Name the document and its answers, or leave it unanswerable."
    if liked:
        return "Liked: shorten the answer to what a right one must say."
    return "Disliked: name the right document and its answers."
