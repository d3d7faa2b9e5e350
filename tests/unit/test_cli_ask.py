"""What the terminal shows of an answer."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console

from cli.answer_view import show_answer

REFUSAL: dict[str, Any] = {
    "answer": "I could not find the answer to this in the documents.",
    "sources": [],
    "confidence": {"level": "low", "score": 0.12},
    "refused": True,
    "remembered": True,
    "timings": {"total": 9.0},
}


def shown(gate: dict[str, Any] | None) -> str:
    written = StringIO()
    confidence = {**REFUSAL["confidence"], "gate": gate}
    show_answer({**REFUSAL, "confidence": confidence}, Console(file=written, width=200))
    return written.getvalue()


def test_a_refusal_by_the_gate_says_what_was_too_low() -> None:
    gate = {"compared": "cosine", "value": 0.2112, "threshold": 0.34, "passed": False}
    assert "confidence low (0.12), cosine 0.21 under 0.34, 9 ms" in shown(gate)
    assert "confidence low (0.12), 9 ms" in shown({**gate, "passed": True})


def test_an_answer_of_a_deployment_that_tells_nothing_of_its_gate_is_shown_too() -> None:
    assert "confidence low (0.12), 9 ms" in shown(None)
    written = StringIO()
    show_answer(REFUSAL, Console(file=written, width=200))
    assert "confidence low (0.12), 9 ms" in written.getvalue()
