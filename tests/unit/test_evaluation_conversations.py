"""`nexus eval --conversations`: which talks pass, and which turn of the others failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.evaluation.conversations import Ask, Told, hold, read_conversations
from cli.evaluation.measurements import untracked
from cli.failure import Failure

FEES = (
    '{"id": "fees", "turns": [{"ask": "Fee?", "answer_matches": "400"}, '
    '{"ask": "And late?", "answer_matches": "[56]00", "not": "400"}], '
    '"alone": "Late fee?", "held": true}\n'
)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "talks.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def saying(answers: dict[str, Told], asked: list[tuple[str, str | None]]) -> Ask:
    def ask(message: str, conversation: str | None) -> Told:
        asked.append((message, conversation))
        return answers[message]

    return ask


def test_a_conversation_fails_with_its_turn_and_how_that_was_taken(tmp_path: Path) -> None:
    talks = read_conversations(written(tmp_path, FEES))
    asked: list[tuple[str, str | None]] = []
    answers = {"Fee?": Told("It is 400."), "And late?": Told("500, not 400.", rewritten="Late?")}
    found = hold(talks, saying(answers, asked), alone=False, track=untracked)
    assert (found["passed"], found["total"], found["held_total"]) == (0, 1, 1)
    (turn,) = found["conversations"][0]["failed"]
    assert (turn["turn"], turn["rewritten"]) == (2, "Late?")
    assert len({conversation for _, conversation in asked}) == 1


def test_alone_asks_only_the_last_question_in_its_own_words(tmp_path: Path) -> None:
    talks = read_conversations(written(tmp_path, FEES))
    asked: list[tuple[str, str | None]] = []
    answers = {"Late fee?": Told("It is 600.")}
    found = hold(talks, saying(answers, asked), alone=True, track=untracked)
    assert (found["passed"], found["held_passed"]) == (1, 1)
    assert asked == [("Late fee?", None)]


def test_what_was_not_answered_at_all_never_passes(tmp_path: Path) -> None:
    line = '{"id": "any", "turns": [{"ask": "Hm?"}]}\n'
    talks = read_conversations(written(tmp_path, line))
    answers = {"Hm?": Told(error="UpstreamUnavailable")}
    assert hold(talks, saying(answers, []), alone=False, track=untracked)["passed"] == 0


@pytest.mark.parametrize(
    "line", ['{"id": "x", "turns": []}', '{"turns": [{"ask": "a", "not": "("}], "id": "x"}', "{}"]
)
def test_a_line_that_is_no_conversation_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(Failure, match="line 2"):
        read_conversations(written(tmp_path, f"{FEES}{line}\n"))
