"""A document's life by the management API: uploaded, described, restored, fetched, erased."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.e2e.conftest import Deployed
from tests.e2e.waiting import eventually

PATH = "management/observatory.md"


@pytest.fixture(scope="module")
def admin_key(stack: Deployed) -> Iterator[str]:
    """A key of role admin."""
    name = f"manager-{secrets.token_hex(3)}"
    made = stack.nexus("keys", "create", name, "--role", "admin", "--json")
    yield json.loads(made.stdout)["key"]
    stack.nexus("keys", "revoke", name)


def test_a_document_lives_and_is_erased(stack: Deployed, admin_key: str, tmp_path: Path) -> None:
    def call(method: str, path: str, body: Any = None, status: int = 200) -> dict[str, Any]:
        def known() -> httpx2.Response | None:
            # A new key takes the gateway a moment to learn of.
            response = stack.call(method, path, body, key=admin_key)
            return None if response.status_code in (403, 429) else response

        response = eventually(known, f"answer to {method} {path}")
        assert response.status_code == status, response.text
        return dict(response.json())

    def upload(content: bytes, **metadata: str) -> str:
        file = {
            "path": PATH,
            "size": len(content),
            "content_type": "text/markdown",
            "checksum_sha256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
            "metadata": metadata,
        }
        [made] = call("POST", "/v1/documents", {"files": [file]})["uploads"]
        sent = httpx2.request(
            made["method"],
            made["url"],
            content=content,
            headers=made["headers"],
            trust_env=False,
        )
        assert sent.status_code == 200, sent.text
        return str(made["document_id"])

    def until(document: str, **wanted: object) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            response = stack.call("GET", f"/v1/documents/{document}", key=admin_key)
            body = dict(response.json()) if response.status_code == 200 else {}
            return body if wanted.items() <= body.items() else None

        return eventually(look, f"document with {wanted}")

    # Uploaded.
    telescope = secrets.token_hex(4).upper()
    question = "Which code opens the dome of the Watukosek observatory?"
    first = (
        f"# Dome\n\nThe dome of the Watukosek observatory opens with code {telescope}.\n".encode()
    )
    document = upload(first, title="Observatory", department="Astronomy")
    assert until(document, status="indexed")["progress"]["percent"] == 100
    assert telescope in stack.ask(question)["answer"]

    # Found, by an administrator only.
    listed = call("GET", "/v1/documents?department=Astronomy&text=OBSERV")
    assert [found["path"] for found in listed["documents"]] == [PATH]
    assert stack.call("POST", "/v1/documents", {"files": []}).status_code == 403
    assert stack.call("GET", "/v1/documents", key="").status_code == 403

    # Described anew, which embeds nothing.
    call("PATCH", f"/v1/documents/{document}", {"title": "Dome manual"}, 202)
    described = until(document, status="indexed", title="Dome manual")
    assert described["tokens_embedded"] == 0
    assert stack.ask(question)["sources"][0]["title"] == "Dome manual"

    # Changed, and restored.
    moved = secrets.token_hex(4).upper()
    second = first.replace(telescope.encode(), moved.encode())
    upload(second, title="Dome manual")
    eventually(lambda: moved in stack.ask(question)["answer"], "second version")
    versions = call("GET", f"/v1/documents/{document}/versions")["versions"]
    assert len(versions) == 3
    assert [found["is_live"] for found in versions] == [True, False, False]
    oldest = versions[-1]["version"]
    call("POST", f"/v1/documents/{document}:restore", {"version": oldest}, 202)
    until(document, status="indexed", title="Observatory")
    answer = stack.ask(question)["answer"]
    assert telescope in answer
    assert moved not in answer

    # Ingested afresh, fetched.
    call("POST", f"/v1/documents/{document}:reindex", None, 202)
    path = f"/v1/documents/{document}/content"
    content = httpx2.get(call("GET", path)["url"], trust_env=False)
    assert content.content == first
    other = call("GET", f"{path}?version={versions[0]['version']}")
    assert httpx2.get(other["url"], trust_env=False).content == second
    output = tmp_path / "dome.md"
    stack.nexus("documents", "content", PATH, "--output", str(output))
    assert output.read_bytes() == first

    # Erased.
    receipt = call("DELETE", f"/v1/documents/{document}")
    assert receipt["complete"] is True
    items = {item["what"]: item for item in receipt["items"]}
    assert items["object_versions"]["removed"] == 4
    assert items["vectors"]["removed"] > 0
    assert not any(item["remaining"] for item in items.values())
    found = stack.call("POST", "/v1/search", {"query": f"dome code {telescope}", "top_k": 20})
    texts = [passage["text"] for passage in found.json()["passages"]]
    assert not any(code in text for text in texts for code in (telescope, moved))
    assert telescope not in stack.ask(question)["answer"]
    assert call("GET", f"/v1/documents/{document}/versions")["versions"] == []
    call("DELETE", f"/v1/documents/{document}", None, 404)


def test_the_documents_event_sample_is_answered_by_the_function(
    stack: Deployed, admin_key: str
) -> None:
    event = "events/documents.json"
    done = stack.nexus("invoke", "documents", "--event", event, "--key", admin_key)
    response = json.loads(done.stdout)
    assert response["statusCode"] == 200
    assert len(json.loads(response["body"])["documents"]) == 3


def test_the_terminal_manages_documents(stack: Deployed, tmp_path: Path) -> None:
    source = tmp_path / "kites.md"
    source.write_text("The kite festival of Pangandaran begins on the second Sunday.")
    stack.nexus("upload", str(source))
    changed = stack.nexus("documents", "set", "kites.md", "--title", "Kites", "--tags", "sky")
    assert "✓" in changed.stdout
    shown = json.loads(stack.nexus("documents", "show", "kites.md", "--json").stdout)
    assert (shown["title"], shown["tags"], shown["status"]) == ("Kites", ["sky"], "indexed")
    assert "✓" in stack.nexus("documents", "reindex", "kites.md").stdout
    versions = json.loads(stack.nexus("documents", "versions", "kites.md", "--json").stdout)
    assert "✓" in stack.nexus("documents", "restore", "kites.md", versions[-1]["version"]).stdout
    deleted = stack.nexus("documents", "delete", "kites.md", "--yes", "--json")
    assert json.loads(deleted.stdout)["complete"] is True


def test_the_figures_of_the_last_day_are_read_from_what_the_functions_did(
    stack: Deployed, admin_key: str
) -> None:
    stack.ask("What is the fine for returning a book late?")

    def told() -> dict[str, Any] | None:
        response = stack.call("GET", "/v1/metrics", key=admin_key)
        if response.status_code in (403, 429):  # a new key takes the gateway a moment to learn of
            return None
        assert response.status_code == 200, response.text
        figures: dict[str, Any] = response.json()["figures"]
        # A function's lines are in its log a moment after its answer.
        return figures if figures["latency_ms"]["p95"].get("/v1/chat") else None

    figures = eventually(told, "figures")
    assert figures["traffic"]["requests"] >= figures["traffic"]["requests_by_route"]["/v1/chat"] > 0
    assert sum(figures["answers"]["by_confidence"].values()) > 0
    assert figures["dependencies"]["calls"]["index"] > 0
    assert figures["ingestion"]["indexed"] > 0
