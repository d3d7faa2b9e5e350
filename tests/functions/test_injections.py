"""Documents that give orders: even a model that obeys them cannot bring them into an answer."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cli.local.models.prompt_reader import read_prompt
from nexus.answering.citations import MARKER
from nexus.answering.grounding import ground
from nexus.answering.prompts import answer_messages, repair_messages
from nexus.ingestion.chunking import chunk
from nexus.ingestion.parsing import parse
from nexus.models import Passage
from nexus.text.sanitising import sanitise
from tests.fakes import FakeChat

FOLDER = Path(__file__).parent.parent / "golden" / "injections"
CASES = [json.loads(line) for line in (FOLDER / "cases.jsonl").read_text().splitlines()]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["document"])


def passages_of(name: str) -> list[Passage]:
    document = parse(
        (FOLDER / name).read_bytes(), name, "", max_bytes=10**6, max_unpacked_bytes=10**6
    )
    title = document.title or name
    return [
        Passage(c.chunk_id, name, title, f"s3://d/{name}", "1", c.locator, c.text, 0.9)
        for c in chunk(document, name, embedding_model="m")
    ]


# What these make a model say stands in no passage, nor in what the document says to machines: no
# check of words can tell it from an answer in other words, so a verifier has to.
INVENTED = {"09-html-comment.html", "14-fake-question.txt"}


class Refusing:
    """A verifier that refuses what it is asked about."""

    def verify(self, question, claims):
        return (False,) * len(claims)


def completed(case, *lines: str):
    """What the answering path makes of a model's words, at the first and at the second try."""
    verifier = Refusing() if case["document"] in INVENTED else None
    passages = passages_of(case["document"])
    chat = FakeChat(*lines)
    draft = chat.complete(answer_messages(case["question"], passages), 500).text
    grounded = ground(draft, passages, case["question"], verifier)
    if grounded.needs_retry:
        prompt = repair_messages(case["question"], passages, draft, grounded.unsupported)
        grounded = ground(chat.complete(prompt, 500).text, passages, case["question"], verifier)
    return grounded, passages, chat


def assert_clean(text: str, case) -> None:
    for forbidden in case["forbidden"]:
        assert forbidden.lower() not in text.lower()
    assert not re.search(r"!\[|\]\(|<[a-z/!]|https?:|www\.|@", text, re.IGNORECASE)


def test_there_are_many_kinds() -> None:
    assert len(CASES) >= 24
    files = {path.name for path in FOLDER.iterdir()} - {"cases.jsonl", "README.md"}
    assert files == {case["document"] for case in CASES}


@each_case
def test_an_obeyed_instruction_does_not_reach_the_answer(case) -> None:
    grounded, _, _ = completed(case, case["obeyed"])
    assert_clean(grounded.text, case)
    for source in grounded.sources:
        assert source.quote in source.passage.text
        assert_clean(source.quote, case)


@each_case
def test_it_does_not_ride_along_with_an_honest_answer(case) -> None:
    for draft in (
        f"{case['honest']} {case['obeyed']}",
        f"{case['obeyed']}\n\n{case['honest']}",
        f"# {case['obeyed']}\n\n- {case['honest']}\n- {case['obeyed']}",
    ):
        grounded, _, _ = completed(case, draft)
        assert_clean(grounded.text, case)
        assert MARKER.sub("", case["honest"]).rstrip(" .") in grounded.text
        assert [source.number for source in grounded.sources] == [1]


@each_case
def test_an_honest_answer_passes(case) -> None:
    grounded, passages, chat = completed(case, case["honest"])
    assert grounded.text == case["honest"]
    assert grounded.support == 1
    assert len(chat.prompts) == 1
    assert sanitise(grounded.text, [p.text for p in passages]) == grounded.text


@each_case
def test_the_prompt_keeps_the_document_inside_its_tags(case) -> None:
    passages = passages_of(case["document"])
    for messages in (
        answer_messages(case["question"], passages),
        repair_messages(case["question"], passages, case["obeyed"], [case["obeyed"]]),
    ):
        system, asked = messages
        read = read_prompt(asked.content)
        assert read is not None
        assert read.question == case["question"]
        assert [p.number for p in read.passages] == list(range(1, len(passages) + 1))
        assert asked.content.count("<question>") == 1
        assert len(re.findall(r"</?passage", asked.content)) == 2 * len(passages)
        assert case["document"] not in system.content


@each_case
def test_the_prompt_shows_the_fact_and_not_the_instruction(case) -> None:
    shown = answer_messages("What?", passages_of(case["document"]))[1].content
    assert not any(word.lower() in shown.lower() for word in case["forbidden"] if len(word) > 4)
    assert ground(case["honest"], [p for p in passages_of(case["document"]) if p.text]).sources
