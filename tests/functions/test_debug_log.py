"""At NEXUS_LOG_LEVEL=DEBUG the log tells each step of a question, in sizes and ids, and no text."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from nexus.observability import is_debugging, logger
from nexus.wiring.aws_clients import forget_clients
from tests.bench.seeding import FACT, SAMPLES, asked
from tests.functions.faults import Context, load
from tests.restores.upstreams import Upstreams, running_upstreams

QUESTION = "How much is the fine for an overdue book PER book per day?"
STEPS = ("searched", "ranked", "written", "grounded", "answered")


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Upstreams]:
    with running_upstreams() as running:
        yield running


@pytest.fixture
def chat(upstreams: Upstreams, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    yield load("chat", upstreams, monkeypatch)
    forget_clients()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the logger writes, as Lambda would find it."""
    [handler] = logger.handlers
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    before = handler.setStream(stream)
    yield stream
    logger.setLevel("INFO")
    handler.setStream(before)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().strip("\0").splitlines()]


def test_each_step_of_a_question_is_told_in_sizes_and_ids(
    chat: ModuleType, log: io.StringIO
) -> None:
    logger.setLevel("DEBUG")
    first = chat.handler(asked(QUESTION, None), Context())
    conversation = json.loads(first["body"])["conversation_id"]
    log.truncate(0)
    assert chat.handler(asked(f"{QUESTION} Please.", conversation), Context())["statusCode"] == 200
    steps = {line["message"]: line for line in lines(log)}
    assert set(STEPS) <= set(steps)
    searched, ranked, written = steps["searched"], steps["ranked"], steps["written"]
    assert searched["question_chars"] >= len(QUESTION)
    assert searched["by_meaning"] > 0
    assert searched["by_words"] > 0
    assert 0 < len(searched["nearest"]) <= 10
    best = ranked["passages"][0]
    assert best["chunk_id"] in ranked["fused"]
    assert best["chars"] > 0
    assert 0 <= best["score"] <= 1
    assert 0 <= ranked["probability"] <= 1
    assert {message["role"] for message in written["messages"]} >= {"system", "user"}
    assert written["reply_chars"] > 0
    assert steps["grounded"]["sources"]
    assert steps["answered"]["conversation_id"] == conversation


def test_no_text_of_a_question_a_document_or_an_answer_is_in_it(
    chat: ModuleType, log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logger.setLevel("DEBUG")
    capsys.readouterr()
    questions = (
        QUESTION.upper(),
        "Summarise the library rules for me.",
        "Is zebra-striped coffee?",
    )
    for question in questions:
        assert chat.handler(asked(question, None), Context())["statusCode"] == 200
    captured = capsys.readouterr()
    told = _words(log.getvalue() + captured.out + captured.err)
    assert "searched" in told
    texts = [*questions, FACT, *(path.read_text("utf-8") for path in SAMPLES.glob("*.md"))]
    for text in texts:
        words = _words(text).split()
        runs = {" ".join(words[at : at + 3]) for at in range(len(words) - 2)}
        assert not {run for run in runs if f" {run} " in told}


def _words(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "


def test_at_the_usual_level_none_of_it_is_written(chat: ModuleType, log: io.StringIO) -> None:
    chat.handler(asked(f"{QUESTION} Thank you.", None), Context())
    assert {line["message"] for line in lines(log)} == {"request"}
    assert not is_debugging()


@pytest.mark.parametrize(("level", "debugging"), [("DEBUG", True), ("INFO", False)])
def test_the_level_is_the_variable_s_and_no_library_s(level: str, debugging: bool) -> None:
    program = (
        "import logging; from nexus.observability import is_debugging; import openai, httpx;"
        "print(is_debugging(), logging.getLogger('openai').isEnabledFor(logging.DEBUG),"
        "logging.getLogger('httpx').isEnabledFor(logging.INFO))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"NEXUS_LOG_LEVEL": level},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(debugging), "False", "False"]
