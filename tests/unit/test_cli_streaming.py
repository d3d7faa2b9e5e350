"""Server-sent events, as the terminal reads and shows them."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cli.answer_view import WITHDRAWN, show_as_told
from cli.failure import Failure
from cli.streaming import Event, events, read
from tests.unit.test_cli_commands import Api

TEXTS = st.text(max_size=20)


@given(st.lists(st.tuples(st.sampled_from(["delta", "done"]), TEXTS), max_size=5), st.data())
def test_events_are_read_however_their_bytes_are_cut(told: list[Any], data: st.DataObject) -> None:
    sent = [(name, {"text": text}) for name, text in told]
    written = ": ping\n\n".join(
        f"event: {name}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n" for name, body in sent
    ).encode("utf-8", "surrogatepass")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(written)), max_size=6)))
    chunks = [written[a:b] for a, b in zip([0, *cuts], [*cuts, len(written)], strict=True)]
    assert list(read(chunks)) == sent


def delta(index: int, text: str) -> Event:
    return "delta", {"index": index, "text": text, "sources": []}


def shown(*told: Event) -> str:
    written = StringIO()
    show_as_told(told, Console(file=written, width=60))
    return written.getvalue()


def test_what_is_withdrawn_is_said_to_be_and_what_stays_is_said_again() -> None:
    told = shown(
        delta(0, "Fees are due. "),
        delta(1, "They are [low]. "),
        ("retract", {"since": 1}),
        delta(1, "Pay in May."),
        ("done", {"answer": "Fees are due. Pay in May."}),
    )
    before, _, after = told.partition(WITHDRAWN)
    assert before.strip() == "Fees are due. They are [low]."
    assert after.strip() == "Fees are due. Pay in May."


def test_an_answer_that_no_sentence_told_is_shown_whole() -> None:
    assert shown(("done", {"answer": "Hello."})).strip() == "Hello."


def test_a_stream_that_ends_early_is_a_failure() -> None:
    with Api(200, {}) as api, pytest.raises(Failure, match="broke off"):
        list(events(f"http://127.0.0.1:{api.port}", "k", {"message": "?"}))
