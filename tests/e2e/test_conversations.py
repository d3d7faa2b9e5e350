"""Conversations, links and the search of contents through the gateway, on the local stack."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator

import httpx2
import pytest

from tests.e2e.conftest import Deployed
from tests.e2e.waiting import eventually

FINE = "What is the fine for returning a book late?"


@pytest.fixture(scope="module")
def admin_key(stack: Deployed) -> Iterator[str]:
    """A key of role admin, which the gateway knows."""
    name = f"reader-{secrets.token_hex(3)}"
    made = stack.nexus("keys", "create", name, "--role", "admin", "--json")
    key = str(json.loads(made.stdout)["key"])
    eventually(
        lambda: stack.call("GET", "/v1/documents", key=key).status_code == 200, "key that is known"
    )
    yield key
    stack.nexus("keys", "revoke", name)


def test_a_conversation_is_listed_renamed_exported_and_forgotten(stack: Deployed) -> None:
    conversation = stack.ask(FINE)["conversation_id"]
    path = f"/v1/conversations/{conversation}"
    first = stack.call("GET", "/v1/conversations?limit=1").json()["conversations"][0]
    assert (first["conversation_id"], first["title"]) == (conversation, FINE)
    assert stack.call("PATCH", path, {"title": "Fines"}).json()["title"] == "Fines"
    found = stack.call("GET", "/v1/conversations?text=late%20book").json()["conversations"]
    assert conversation in {one["conversation_id"] for one in found}
    [turn] = stack.call("GET", path).json()["turns"]
    assert turn["sources"][0]["quote"]
    exported = stack.call("GET", f"{path}/export?format=markdown").text
    assert exported.startswith("# Fines\n")
    assert f"<{stack.url}{turn['sources'][0]['link']}>" in exported
    assert stack.call("DELETE", path).status_code == 204
    after = stack.call("GET", "/v1/conversations").json()["conversations"]
    assert conversation not in {one["conversation_id"] for one in after}


def test_what_a_document_says_is_found_and_its_link_opens_it(
    stack: Deployed, admin_key: str
) -> None:
    link = stack.ask(FINE)["sources"][0]["link"]
    opened = stack.call("GET", link, key=admin_key).json()
    assert httpx2.get(opened["url"].partition("#")[0], trust_env=False).status_code == 200
    redirected = stack.call("GET", f"{link}&redirect=true", key=admin_key)
    assert redirected.status_code == 302
    found = stack.call("GET", "/v1/documents?text=returning%20late", key=admin_key).json()[
        "documents"
    ]
    assert any(match["positions"] for one in found for match in one["matches"])
