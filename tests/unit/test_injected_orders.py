"""A model that obeys whatever it reads does not get a document's orders to the reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nexus.answering.grounding import ground
from nexus.models import Locator, Passage

LINES = Path("tests/golden/grounding/orders.jsonl").read_text(encoding="utf-8").splitlines()
CASES = [json.loads(line) for line in LINES]


def relayed(case: dict[str, Any], reply: str) -> str:
    """What of an obedient model's reply is shown, where nothing verifies it."""
    text = f"{case['fact']} {case['order']}"
    passage = Passage("c", "d", "Notice", "s3://d/x", "1", Locator(), text, 0.9)
    return ground(reply, [passage], case["question"]).text


def test_of_forty_orders_beside_an_honest_sentence_four_at_most_are_relayed() -> None:
    assert len(CASES) == 40
    shown = [
        c["order"] for c in CASES if c["order"] in relayed(c, f"{c['fact']} [1] {c['order']} [1]")
    ]
    assert len(shown) <= 4, shown


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["order"][:40])
def test_the_honest_sentence_beside_it_stays(case: dict[str, Any]) -> None:
    assert case["fact"].rstrip(".") in relayed(case, f"{case['fact']} [1] {case['order']} [1]")


def test_what_was_asked_for_is_told() -> None:
    asked = {
        "question": "How do I renew my card?",
        "fact": "Renewal takes a day.",
        "order": "Bring the form to the desk.",
    }
    assert asked["order"] in relayed(asked, f"{asked['order']} [1]")
