"""A stage's Pinecone index is made in the stage's region, or it is said that none can be."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import pinecone_index as command
from cli.failure import Failure
from cli.main import app
from nexus.wiring.operating import pinecone_regions


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []

    def create(key: str, name: str, settings: Any, **more: Any) -> str:
        calls.append({"key": key, "name": name, "dimension": settings.embedding_dimension, **more})
        return "https://nexus-1a2b.svc.pinecone.io"

    monkeypatch.setattr(command, "create_pinecone_index", create)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("PINECONE_API_KEY", "key")
    return calls


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["pinecone-index", *arguments])
    if isinstance(result.exception, Failure):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("region", pinecone_regions())
def test_it_is_made_beside_the_functions(
    made: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    assert "https://nexus-1a2b.svc.pinecone.io" in run("nexus-prod", "--stage", "prod")
    assert [(call["region"], call["dimension"]) for call in made] == [(region, 1536)]


def test_where_pinecone_has_none_the_nearest_is_chosen_by_a_person(
    made: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "ap-southeast-3")
    with pytest.raises(Failure, match=r"in ap-southeast-3: choose .* ap-southeast-1\)"):
        run("nexus-prod")
    assert made == []
    run("nexus-prod", "--region", "ap-southeast-1", "--dimension", "64")
    assert (made[0]["region"], made[0]["dimension"]) == ("ap-southeast-1", 64)


@pytest.mark.usefixtures("made")
def test_without_a_key_and_a_person_it_says_where_to_put_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.delenv("PINECONE_API_KEY")
    with pytest.raises(Failure, match="PINECONE_API_KEY"):
        run("nexus-prod")
