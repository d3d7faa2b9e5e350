"""A whole conversation: router, agent, a service that fails twice, handover, and a cited answer.

The model and the service are real servers on sockets; the model is scripted, and speaks either of
OpenAI's two APIs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mangum import Mangum

from functions.chat.app import create_app
from nexus.settings import Settings
from nexus.tracing import flushed, trace_to
from nexus.wiring.aws_clients import forget_clients
from nexus.wiring.chat import chat_services
from tests.bench.seeding import asked
from tests.bench.upstreams import Upstreams, running_upstreams
from tests.collector import Collector, running_collector
from tests.functions.ingest_services import Context
from tests.tool_server import Answered, ToolServer, running_tool_server

AGENTS = """
[agents.desk]
description = "Whatever no other agent is for."
instructions = "Help."

[agents.finance]
title = "Finance desk"
description = "Fees and balances."
instructions = "Help with money."
tools = ["balance"]
handoffs = ["library"]

[agents.library]
title = "Library desk"
description = "Loans and fines."
instructions = "Help with books."
tools = ["fines"]

[tools.balance]
url = "{url}/balance/{{student}}"
description = "What a student owes."
parameters.student = {{ type = "string" }}

[tools.fines]
url = "{url}/fines"
description = "Fines."

[network]
hosts = ["{host}"]
private = ["{host}"]
"""
OWED = "Student 7 owes 1,250,000 rupiah [1.1]."


class ScriptedModel:
    """What the model says in turn; `forms` are the tools it was told of each time."""

    def __init__(self, *script: Any) -> None:
        self._script = list(script)
        self.bodies: list[dict[str, Any]] = []

    def answer(self, server: ToolServer, *, responses: bool) -> None:
        """Has a server answer with the script, in one of the two APIs."""
        for path, speaks in (("/v1/responses", responses), ("/v1/chat/completions", not responses)):
            made = [self._body(said, responses) for said in self._script]
            missing = Answered(404, {"error": {"message": "Not found", "code": None}})
            server.answer(path, *(made if speaks else [missing]))

    def _body(self, said: Any, responses: bool) -> Answered:
        calls = [] if isinstance(said, str) else said
        text = said if isinstance(said, str) else ""
        if responses:
            output: list[dict[str, Any]] = [
                {"type": "reasoning", "id": "rs_1", "encrypted_content": "opaque", "summary": []}
            ]
            output += [
                {
                    "type": "function_call",
                    "call_id": f"c{n}",
                    "name": name,
                    "arguments": json.dumps(given),
                }
                for n, (name, given) in enumerate(calls)
            ]
            if text:
                content = [{"type": "output_text", "text": text}]
                output.append({"type": "message", "role": "assistant", "content": content})
            usage = {"input_tokens": 50, "output_tokens": 10}
            return Answered(body={"status": "completed", "output": output, "usage": usage})
        made = [
            {
                "id": f"c{n}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(given)},
            }
            for n, (name, given) in enumerate(calls)
        ]
        message = {"role": "assistant", "content": text or None, "tool_calls": made or None}
        reason = "tool_calls" if made else "stop"
        usage = {"prompt_tokens": 50, "completion_tokens": 10}
        return Answered(
            body={"choices": [{"message": message, "finish_reason": reason}], "usage": usage}
        )


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Upstreams]:
    with running_upstreams() as running:
        yield running


@pytest.fixture
def collector() -> Iterator[Collector]:
    with running_collector() as running:
        yield running


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
def test_router_finance_a_service_that_fails_twice_handover_and_a_cited_answer(
    api: str,
    upstreams: Upstreams,
    collector: Collector,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in upstreams.aws.items():
        monkeypatch.setenv(name, value)
    model = ScriptedModel(
        "finance",
        [("balance", {"student": "7"}), ("hand_over", {"agent": "library"})],
        OWED,
    )
    with running_tool_server() as service, running_tool_server() as models:
        model.answer(models, responses=api == "responses")
        balance = {"student": "7", "owes_rupiah": 1250000, "of": "Student 7 owes 1,250,000 rupiah"}
        service.answer("/balance/7", Answered(503), Answered(502), Answered(body=balance))
        (tmp_path / "agents.toml").write_text(AGENTS.format(url=service.url, host=service.host))
        forget_clients()
        settings = Settings.from_environ(
            {
                **upstreams.own,
                "NEXUS_AGENTS_FOLDER": str(tmp_path),
                "NEXUS_MODELS_URL": f"{models.url}/v1",
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            }
        )
        handle = flushed(Mangum(create_app(chat_services(settings)), lifespan="off"))
        event = asked("What does student 7 owe?", None)
        event["body"] = json.dumps({"message": "What does student 7 owe?", "agent": "auto"})
        response: dict[str, Any] = handle(event, Context())
        trace_to(None)
        forget_clients()
    body = json.loads(response["body"])
    assert response["statusCode"] == 200, body
    assert body["answer"] == "Student 7 owes 1,250,000 rupiah [1]."
    assert body["agent"] == "library"
    [source] = body["sources"]
    assert (source["kind"], source["document_id"]) == ("tool", "balance")
    assert len(service.called("/balance/7")) == 3
    assert body["usage"]["dollars"] > 0
    steps = [(one["agent"], one["kind"], one["name"], one["outcome"]) for one in body["steps"]]
    assert steps == [
        ("desk", "route", "auto", "ok"),
        ("finance", "model", settings.chat_model, "ok"),
        ("finance", "tool", "balance", "ok"),
        ("finance", "handoff", "library", "ok"),
        ("library", "model", settings.chat_model, "ok"),
    ]
    path = "/v1/responses" if api == "responses" else "/v1/chat/completions"
    sent = [json.loads(one.body) for one in models.called(path)]
    if api == "responses":
        # What it thought goes back to it as it came, and nothing is stored there.
        assert {"opaque"} == {
            one["encrypted_content"] for one in sent[-1]["input"] if one.get("type") == "reasoning"
        }
        assert all(one["store"] is False for one in sent)
    names = [span.name for span in collector.spans()]
    for name in ("invoke_agent auto", "execute_tool balance", "invoke_agent library"):
        assert name in names, names
    assert names.count(f"chat {settings.chat_model}") >= 3
    said = json.dumps([span.attributes for span in collector.spans()])
    assert "1,250,000" not in said
    assert "What does student" not in said
