"""How long answers are, and what a summary is made from, is what the settings say."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.functions.chat_services import ACME_KEY, World
from tests.functions.gateway import chat_app

SENTENCE = "The tuition fee is nine million rupiah. [1]"
LIMITS = {"concise_words": 16, "detailed_words": 31, "summary_words": 24}


@pytest.mark.parametrize(
    ("style", "limits", "sentences", "told"),
    [
        ("concise", LIMITS, 2, "16 words"),
        ("detailed", LIMITS, 4, "31 words"),
        ("summary", LIMITS, 3, "24 words"),
        ("concise", {}, 5, "40 words"),
        ("default", LIMITS, 9, "one to three sentences"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/chat", "/v1/chat/stream"])
def test_an_answer_has_the_words_of_its_style(style, limits, sentences, told, path) -> None:
    world = World(" ".join([SENTENCE] * 9), **limits)
    api = TestClient(chat_app(world.services), headers={"x-api-key": ACME_KEY})
    said = api.post(path, json={"message": "How much is the tuition fee?", "style": style}).text
    whole = said.rpartition("event: done")[2]
    answer, _, _ = whole.partition('"sources"')
    assert answer.count("nine million") == sentences
    assert told in " ".join(world.chat.prompts[0][0].content.split())


@pytest.mark.parametrize("passages", [2, 4])
def test_a_summary_is_made_from_as_many_passages_as_the_setting_says(passages: int) -> None:
    world = World(SENTENCE, summary_passages=passages)
    for number in range(6):
        world.library.add("acme", f"{number}.md", f"The tuition fee of year {number} is {number}.")
    api = TestClient(chat_app(world.services), headers={"x-api-key": ACME_KEY})
    api.post("/v1/chat", json={"message": "Tell of the tuition fee.", "style": "summary"})
    assert world.chat.prompts[0][1].content.count("<passage ") == passages
