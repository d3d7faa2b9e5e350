"""What people own connects: curl, OpenAI's SDKs for Python and Node, and MCP's SDK."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from cli.connection import Connection
from tests.e2e.conftest import Deployed

QUESTION = "What is the fine for returning a book late?"
MESSAGES: Any = [{"role": "user", "content": QUESTION}]
NODE = Path(__file__).with_name("node")


@pytest.fixture(scope="module")
def key(connection: Connection) -> Iterator[str]:
    """A key of these tests' own, whose rate no other test uses."""
    made, _ = connection.access.keys.create("demo", "clients", "admin")
    yield made
    connection.access.keys.revoke("demo", "clients")


@pytest.fixture(scope="module")
def client(stack: Deployed, key: str) -> Iterator[openai.OpenAI]:
    """OpenAI's client, which knows a base URL and a key."""
    with openai.OpenAI(base_url=f"{stack.url}/v1", api_key=key) as made:
        yield made


def test_openais_client_lists_models_and_gets_an_answer_with_its_sources(
    client: openai.OpenAI,
) -> None:
    assert "nexus" in [model.id for model in client.models.list()]
    answer = client.chat.completions.create(model="nexus", messages=MESSAGES)
    assert "[1]" in (answer.choices[0].message.content or "")
    assert (answer.model_extra or {})["nexus"]["sources"]
    assert answer.usage is not None
    assert answer.usage.total_tokens > 0


def test_openais_client_streams_the_same_answer_by_both_of_its_apis(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="nexus", messages=MESSAGES)
    chunks = client.chat.completions.create(model="nexus", messages=MESSAGES, stream=True)
    pieces = [one.choices[0].delta.content or "" for one in chunks if one.choices]
    assert "".join(pieces) == whole.choices[0].message.content
    events = client.responses.create(model="nexus", input=QUESTION, stream=True)
    told = [one.delta for one in events if one.type == "response.output_text.delta"]
    assert "".join(told) == whole.choices[0].message.content
    assert client.responses.create(model="nexus", input=QUESTION).output_text == "".join(told)


def test_openais_client_continues_a_response(client: openai.OpenAI) -> None:
    first = client.responses.create(model="nexus", input=QUESTION)
    more = client.responses.create(
        model="nexus", input="And for a laptop?", previous_response_id=first.id
    )
    assert more.previous_response_id == first.id


@pytest.mark.parametrize("streams", [True, False])
def test_a_wrong_key_is_told_in_openais_shape_before_any_function_runs(
    stack: Deployed, streams: bool
) -> None:
    wrong = openai.OpenAI(base_url=f"{stack.url}/v1", api_key="nx_wrong", max_retries=0)
    with wrong, pytest.raises(openai.PermissionDeniedError) as refused:
        wrong.chat.completions.create(model="nexus", messages=MESSAGES, stream=streams)
    assert (refused.value.type, refused.value.code) == ("permission_error", "invalid_api_key")


def test_a_bad_token_is_401_and_a_bad_parameter_422_in_openais_shape(
    stack: Deployed, client: openai.OpenAI
) -> None:
    wrong = openai.OpenAI(base_url=f"{stack.url}/v1", api_key="a.b.c", max_retries=0)
    with wrong, pytest.raises(openai.AuthenticationError) as refused:
        wrong.models.list()
    assert refused.value.type == "authentication_error"
    with pytest.raises(openai.UnprocessableEntityError) as unread:
        client.chat.completions.create(model="nexus", messages=[])
    assert unread.value.type == "invalid_request_error"


def test_openais_client_for_node_does_the_same(stack: Deployed, key: str, tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json", "openai_client.mjs"):
        (tmp_path / name).write_bytes((NODE / name).read_bytes())
    install = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(install, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    run = ["node", "openai_client.mjs", f"{stack.url}/v1", key, QUESTION]
    done = subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    found = json.loads(done.stdout)
    assert "nexus" in found["models"]
    assert found["sources"]
    assert "".join(found["pieces"]) == found["answer"] == found["response"]
    assert (found["refused"]["status"], found["refused"]["type"]) == (403, "permission_error")
    assert "send a valid one" in found["refused"]["message"]


def test_curl_reads_events_as_they_come_packed_or_not(stack: Deployed, key: str) -> None:
    for packed in ((), ("--compressed",)):
        done = subprocess.run(
            [
                *("curl", "-sN", "--fail", f"{stack.url}/v1/chat/stream", *packed),
                *("-H", f"x-api-key: {key}", "-H", "content-type: application/json"),
                *("-H", "cache-control: no-cache", "-d", json.dumps({"message": QUESTION})),
            ],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "no_proxy": "127.0.0.1"},
        )
        names = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("event: ")]
        assert names[:2] == ["start", "sources"]
        assert names[-3:] == ["confidence", "usage", "done"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
@pytest.mark.parametrize("header", ["x-api-key", "authorization"])
def test_mcps_client_finds_the_tools_and_calls_them(
    stack: Deployed, key: str, mode: str, header: str
) -> None:
    async def use() -> Any:
        value = f"Bearer {key}" if header == "authorization" else key
        async with (
            httpx2.AsyncClient(headers={header: value}, timeout=60) as http,
            Client(
                streamable_http_client(f"{stack.url}/mcp", http_client=http),
                mode=mode,
            ) as mcp,
        ):
            listed = await mcp.list_tools()
            return listed, await mcp.call_tool("ask", {"question": QUESTION})

    listed, asked = asyncio.run(use())
    assert {"search", "ask", "list_documents", "fetch"} <= {tool.name for tool in listed.tools}
    assert "[1]" in asked.content[0].text


def test_who_says_himself_what_the_gateway_says_is_believed_in_nothing(
    stack: Deployed, key: str
) -> None:
    forged = json.dumps({"authorizer": {"principal": json.dumps({"tenant": "other"})}})
    names = {"x-amzn-request-context": forged, "x-amzn-lambda-context": '{"deadline": 1}'}
    answer = stack.call(
        "POST", "/v1/responses", {"model": "nexus", "input": QUESTION}, key=key, **names
    )
    assert answer.status_code == 200
    assert answer.json()["nexus"]["sources"]
    refused = stack.call(
        "POST", "/v1/responses", {"model": "nexus", "input": QUESTION}, key="", **names
    )
    assert refused.status_code == 403
