"""A snapshot of the running stack, restored beside it, answers in its place at no cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cli.connection import DEMO_TENANT, Connection
from nexus.errors import Superseded
from nexus.generations.lifecycle import dropped, existing, rolled_back
from nexus.models import Generation, Generations
from nexus.services import OperatorServices
from nexus.wiring.operating import operator_services
from tests.e2e.conftest import Deployed
from tests.e2e.waiting import eventually

ASKED = 12


def operator(connection: Connection) -> OperatorServices:
    """The tables as they are now: what a connection keeps is the generation that was live."""
    return operator_services(connection.settings, connection.client)


def generations(connection: Connection) -> Generations:
    return existing(operator(connection).generations, connection.settings.generation)


def change(connection: Connection, make: Any) -> None:
    def changed() -> bool:
        try:
            operator(connection).generations.write(make(generations(connection)))
        except Superseded:
            return False
        return True

    eventually(changed, "change of the generations")


@pytest.fixture
def before(connection: Connection) -> Iterator[Generation]:
    """The generation that was live; it is again afterwards, and the restored one is gone."""
    first = generations(connection).answering
    yield first
    now = generations(connection)
    if now.live != first.generation_id:
        change(connection, rolled_back)
        now = generations(connection)
    for one in now.known:
        if one.generation_id != first.generation_id:
            change(connection, lambda found, name=one.generation_id: dropped(found, name))


def answers(stack: Deployed, questions: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    found = []
    for question in questions:
        body = stack.call(
            "POST",
            "/v1/chat",
            {"message": question["question"]},
            cache_control="no-cache",
        ).json()
        sources = [
            (source["document_id"], source["quote"], source["uri"]) for source in body["sources"]
        ]
        found.append((body["answer"], body["refused"], body["confidence"]["score"], sources))
    return found


def test_a_restored_snapshot_answers_the_golden_questions_identically(
    stack: Deployed,
    connection: Connection,
    golden: list[dict[str, Any]],
    before: Generation,
) -> None:
    questions, live_catalogue = golden[:ASKED], operator(connection).catalogue
    # The local model reads a passage alone or in a batch, by which its score differs a little.
    live = [
        (text, refused, pytest.approx(score, abs=0.005), sources)
        for text, refused, score, sources in answers(stack, questions)
    ]
    assert any(not refused for _, refused, _, _ in live)

    written = json.loads(stack.nexus("backup", "--json").stdout)
    listed = json.loads(stack.nexus("backups", "--json").stdout)
    assert (written["snapshot_id"], "finished") in {
        (one["snapshot_id"], one["state"]) for one in listed
    }
    assert written["unreadable"] == 0

    done = stack.nexus(
        "restore", written["snapshot_id"], "--generation-suffix", "e2e", "--activate", "--json"
    )
    restored = json.loads(done.stdout)
    assert restored == {
        "generation": f"{before.generation_id}-e2e",
        "documents": written["documents"],
        "chunks": written["chunks"],
        "live": True,
    }
    assert generations(connection).live == restored["generation"]
    assert answers(stack, questions) == live

    # Nothing but the restore has written its documents, so none of them was embedded.
    catalogue = operator(connection).catalogue
    old = {one.document_id: one for one in live_catalogue.list_documents(DEMO_TENANT, "indexed")}
    new = {one.document_id: one for one in catalogue.list_documents(DEMO_TENANT, "indexed")}
    assert new.keys() == old.keys()
    for document_id, one in new.items():
        other = old[document_id]
        assert (one.revision, one.updated_at) == (other.revision, other.updated_at)
        manifest = live_catalogue.manifest(DEMO_TENANT, document_id)
        assert catalogue.manifest(DEMO_TENANT, document_id) == manifest

    change(connection, rolled_back)
    assert generations(connection).live == before.generation_id
    assert answers(stack, questions) == live


def test_the_event_sample_of_a_backup_runs(stack: Deployed) -> None:
    done = stack.nexus("invoke", "backup", "--event", "events/backup.json")
    assert json.loads(done.stdout)["phase"] == "done"
