"""`nexus eval --grounding`: the check is measured, and what a verifier said is replayed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands.evaluate import evaluate
from cli.evaluation.recorded_verifier import digest_of
from cli.failure import Failure
from cli.main import app
from nexus.answering.prompts import verification_messages
from nexus.ports import Message
from tests.openai_server import Fault, Messages, OpenAIServer, running_openai_server

GOLDEN = Path(__file__).parent.parent / "golden" / "grounding" / "nexus_style.jsonl"
UNDECIDED = {
    "passages": ["Visitors leave their coats at the entrance."],
    "question": "Where do coats go?",
    "sentence": "Garments are deposited by the door.",
    "supported": True,
}


@pytest.fixture(autouse=True)
def no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "NEXUS_MODELS_URL", "NEXUS_VERIFIER_MODEL"):
        monkeypatch.delenv(name, raising=False)


def named(monkeypatch: pytest.MonkeyPatch, server: OpenAIServer) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "test-key")
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    monkeypatch.setenv("NEXUS_VERIFIER_MODEL", "small")


def refuses_short_ones(messages: Messages) -> str:
    """A verdict that depends on the claim alone."""
    claims = re.findall(r'<claim number="(\d+)">\n(.*?)\n</claim>', messages[-1]["content"], re.S)
    return "\n".join(f"{number}: {'RS'[len(claim) % 2]}" for number, claim in claims)


def measured(out: Path, *options: str, sets: Path = GOLDEN) -> dict[str, Any]:
    asked = ["eval", "--grounding", str(sets), "--json", str(out), *options]
    result = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return {**found, "output": result.output}


def one_sentence(folder: Path) -> Path:
    path = folder / "one.jsonl"
    path.write_text(json.dumps(UNDECIDED), encoding="utf-8")
    return path


def test_the_command_writes_figures_by_set_and_language(tmp_path: Path) -> None:
    found = measured(tmp_path / "out.json")
    rows = [row for row in found["grounding"] if row["half"] == "all" and "removed" in row]
    lines = [json.loads(line) for line in GOLDEN.read_text("utf-8").splitlines()]
    assert {row["set"] for row in rows} == {"nexus_style"}
    assert {row["language"] for row in rows} == {"", *(line["lang"] for line in lines)}
    whole = next(row for row in rows if not row["language"])
    assert whole["right"] + whole["wrong"] == len(lines)
    assert whole["removed"] <= 0.02
    assert "verifier" not in found
    assert "balanced_accuracy" in found["output"]


def test_what_an_endpoint_said_is_replayed_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept.jsonl"
    with running_openai_server() as server, monkeypatch.context() as environment:
        named(environment, server)
        server.answer_with(refuses_short_ones)
        asked = measured(tmp_path / "1.json", "--verifier", "endpoint", "--record", str(kept))
        sent = [request.body for request in server.calls("/chat/completions")]
    assert {body["model"] for body in sent} == {"small"}
    assert len(sent) == asked["verifier"]["requests"] > 5
    assert asked["verifier"]["input_tokens"] > 0
    lines = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    digests = [digest_of("small", [Message(**one) for one in body["messages"]]) for body in sent]
    assert [line["digest"] for line in lines] == digests
    assert all(set(line) == {"digest", "model", "reply"} for line in lines)

    replayed = measured(tmp_path / "2.json", "--verifier", f"replay:{kept}")
    assert replayed["grounding"] == asked["grounding"]
    assert replayed["grounding"] != measured(tmp_path / "3.json")["grounding"]
    assert replayed["verifier"] | {"input_tokens": 0, "output_tokens": 0} == replayed["verifier"]
    assert replayed["verifier"]["unanswered"] == 0


def test_what_was_not_recorded_is_undecided_and_never_removed(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    said = {"digest": "0" * 64, "model": "small", "reply": "1: R"}
    kept.write_text(json.dumps(said), encoding="utf-8")
    replayed = measured(tmp_path / "out.json", "--verifier", f"replay:{kept}")
    assert replayed["grounding"] == measured(tmp_path / "alone.json")["grounding"]
    told = replayed["verifier"]
    assert told["unanswered"] == told["requests"] > 5
    assert f"{told['unanswered']} requests had no reply" in replayed["output"]


def test_another_model_s_recorded_verdict_is_another_request() -> None:
    messages = verification_messages("Q", [("It is so.", ["It is."])])
    assert digest_of("small", messages) != digest_of("large", messages)
    assert digest_of("small", messages) != digest_of("small", messages[1:])


def test_a_request_that_fails_in_passing_is_undecided_and_a_refused_key_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, out, sets = tmp_path / "kept.jsonl", tmp_path / "out.json", one_sentence(tmp_path)
    with running_openai_server() as server:
        named(monkeypatch, server)
        server.fail(Fault.error(503))
        found = measured(out, "--verifier", "endpoint", "--record", str(kept), sets=sets)
        assert found["verifier"]["unanswered"] == 1
        assert found["grounding"][0]["removed"] == 0
        assert kept.read_text() == ""
        server.say("1: R")
        assert measured(out, "--verifier", "endpoint", sets=sets)["grounding"][0]["removed"] == 1
        server.fail(Fault.error(401, "invalid_api_key"))
        asked = ["eval", "--grounding", str(sets), "--verifier", "endpoint"]
        assert CliRunner().invoke(app, asked).exit_code != 0


def test_a_whole_answer_is_verified_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sets = tmp_path / "answers.jsonl"
    text = f"Visitors leave their coats at the entrance. {UNDECIDED['sentence']}"
    line = {"passages": UNDECIDED["passages"], "question": "Where do coats go?", "answer": text}
    sets.write_text(json.dumps(line), encoding="utf-8")
    assert measured(tmp_path / "1.json", sets=sets)["grounding"][0]["lose_a_sentence"] == 0
    with running_openai_server() as server:
        named(monkeypatch, server)
        server.answer_with(lambda _messages: "1: R")
        found = measured(tmp_path / "2.json", "--verifier", "endpoint", sets=sets)
    assert found["grounding"][0]["lose_a_sentence"] == 1


@pytest.mark.parametrize(
    ("verifier", "said"),
    [
        ("endpoint", "OPENAI_API_KEY"),
        ("replay:", "recording"),
        ("replay:nowhere.jsonl", "cannot be read"),
        ("scripted:often", "0.93"),
    ],
)
def test_a_verifier_that_cannot_be_is_said(verifier: str, said: str) -> None:
    with pytest.raises(Failure, match=said):
        evaluate(grounding=[GOLDEN], verifier=verifier)


def test_what_does_not_go_with_a_verifier_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Failure, match="--verifier endpoint"):
        evaluate(grounding=[GOLDEN], verifier="scripted:0.9", record=tmp_path / "kept.jsonl")
    with pytest.raises(Failure, match="--grounding"):
        evaluate(verifier="scripted:0.9")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(Failure, match="NEXUS_VERIFIER_MODEL"):
        evaluate(grounding=[GOLDEN], verifier="endpoint")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "0 models"),
        ('{"digest": "a", "reply": "1: S"}', "line 1"),
        ("[]", "line 1"),
        ('{"digest":"a","model":"x","reply":""}\n{"digest":"b","model":"y","reply":""}', "2 model"),
    ],
)
def test_a_file_that_is_no_recording_is_said(tmp_path: Path, content: str, said: str) -> None:
    kept = tmp_path / "kept.jsonl"
    kept.write_text(content, encoding="utf-8")
    with pytest.raises(Failure, match=said):
        evaluate(grounding=[GOLDEN], verifier=f"replay:{kept}")


def test_the_page_draws_the_figures_and_escapes_what_files_are_called(tmp_path: Path) -> None:
    cases, page = tmp_path / "a<b>.jsonl", tmp_path / "out.html"
    cases.write_text(json.dumps(UNDECIDED), encoding="utf-8")
    measured(tmp_path / "out.json", "--html", str(page), sets=cases)
    drawn = page.read_text("utf-8")
    assert "Right sentences removed</figcaption><svg" in drawn
    assert "a&lt;b&gt;" in drawn
    assert "<b>" not in drawn
