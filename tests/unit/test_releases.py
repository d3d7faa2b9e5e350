"""A release is taken back by moving what it changed, and what is replaced stays for a day."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.commands import rollback as command
from cli.connection import Connection
from cli.failure import Failure
from cli.findings import Finding
from cli.main import app
from nexus.operations.releases import Move, prune, way_back, way_forward
from tests.fakes import FakeVersions
from tests.unit.cli_stage import aws_session, deployment

DAY_S = 86_400.0
FIRST, SECOND, THIRD = 1_000_000.0, 2_000_000.0, 3_000_000.0
NAMES = ("chat", "documents", "ingest", "reindex", "backup")


@pytest.fixture
def versions() -> FakeVersions:
    """Two releases: the second changed chat and ingest alone."""
    made = FakeVersions()
    for name in NAMES:
        made.publish(name, FIRST + 5)
    for name in ("chat", "ingest"):
        made.publish(name, SECOND + 5)
    return made


def live(versions: FakeVersions) -> dict[str, int]:
    return {name: versions.live(name) for name in NAMES}


def follow(versions: FakeVersions, moves: tuple[Move, ...]) -> None:
    for move in moves:
        versions.point(move.function, move.to, move.now)


def test_the_way_back_moves_what_the_release_changed_and_nothing_else(
    versions: FakeVersions,
) -> None:
    back = way_back(versions, NAMES, SECOND)
    assert back.moves == (Move("chat", 2, 1), Move("ingest", 2, 1))
    follow(versions, back.moves)
    assert set(live(versions).values()) == {1}
    again = way_back(versions, NAMES, SECOND)
    assert (again.moves, again.lost) == ((), ())


def test_of_several_releases_it_leads_before_the_last(versions: FakeVersions) -> None:
    versions.publish("chat", THIRD + 5)
    assert way_back(versions, NAMES, THIRD).moves == (Move("chat", 3, 2),)


def test_a_release_that_changed_no_function_has_nothing_to_take_back(
    versions: FakeVersions,
) -> None:
    assert way_back(versions, NAMES, THIRD).moves == ()


def test_the_way_forward_leads_to_what_is_deployed(versions: FakeVersions) -> None:
    before = live(versions)
    assert way_forward(versions, NAMES) == ()
    follow(versions, way_back(versions, NAMES, SECOND).moves)
    follow(versions, way_forward(versions, NAMES))
    assert live(versions) == before


def test_a_version_that_is_gone_is_told_and_a_new_function_is_no_obstacle(
    versions: FakeVersions,
) -> None:
    versions.publish("new", SECOND + 5)
    assert way_back(versions, [*NAMES, "new"], SECOND).lost == ()
    versions.remove("ingest", 1)
    assert way_back(versions, NAMES, SECOND).lost == ("ingest",)


def test_a_replaced_version_stays_for_a_day_and_then_goes(versions: FakeVersions) -> None:
    replaced = SECOND + 5
    assert prune(versions, NAMES, replaced + DAY_S - 1) == 0
    assert prune(versions, NAMES, replaced + DAY_S) == 2
    assert [one.number for one in versions.published("chat")] == [2]
    assert prune(versions, NAMES, replaced + 2 * DAY_S) == 0


def test_after_a_way_back_neither_the_live_nor_the_deployed_version_goes(
    versions: FakeVersions,
) -> None:
    follow(versions, way_back(versions, NAMES, SECOND).moves)
    assert prune(versions, NAMES, SECOND + 30 * DAY_S) == 0
    assert way_forward(versions, NAMES) == (Move("chat", 1, 2), Move("ingest", 1, 2))


class CloudFormation:
    """What tells when the service stack was updated."""

    def describe_stacks(self, **given: Any) -> dict[str, Any]:
        assert given == {"StackName": "nexus-dev-service"}
        return {
            "Stacks": [{"LastUpdatedTime": datetime.datetime.fromtimestamp(SECOND, datetime.UTC)}]
        }


@pytest.fixture
def stage(versions: FakeVersions, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """A deployed stage; the list holds what its smoke test finds."""
    found = [Finding("ready", True, "answers")]
    named = {f"{name}_function": f"{name}:live" for name in NAMES}
    made = Connection("dev", aws_session(), deployment(stage="dev", **named))
    monkeypatch.setattr(Connection, "client", lambda _self, _service: CloudFormation())
    monkeypatch.setattr(command, "connect", lambda _stage: made)
    monkeypatch.setattr(command, "function_versions", lambda _client: versions)
    monkeypatch.setattr(command, "smoke_test", lambda *_, **__: found)
    return found


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rollback", *arguments])


@pytest.mark.usefixtures("stage")
def test_the_command_goes_back_and_forward_again(versions: FakeVersions) -> None:
    result = run("--stage", "dev")
    assert result.exit_code == 0, result.output
    assert set(live(versions).values()) == {1}
    assert isinstance(run("--stage", "dev").exception, Failure)
    assert run("--stage", "dev", "--forward").exit_code == 0
    assert live(versions)["chat"] == 2
    assert isinstance(run("--stage", "dev", "--forward").exception, Failure)


@pytest.mark.usefixtures("stage")
def test_nothing_moves_while_a_part_of_the_way_is_gone(versions: FakeVersions) -> None:
    versions.remove("ingest", 1)
    result = run("--stage", "dev")
    assert "gone of ingest" in str(result.exception)
    assert live(versions)["chat"] == 2


@pytest.mark.usefixtures("stage")
def test_a_pipeline_takes_back_no_deployment_but_its_own(versions: FakeVersions) -> None:
    # The last one began on 1970-01-24 at 03:33:20.
    result = run("--stage", "dev", "--since", "1970-01-24T03:33:21Z")
    assert "began before --since" in str(result.exception)
    assert live(versions)["chat"] == 2
    assert run("--stage", "dev", "--since", "1970-01-24T03:33:20Z").exit_code == 0
    assert live(versions)["chat"] == 1


def test_a_stage_that_does_not_answer_after_the_move_is_told(stage: list[Finding]) -> None:
    stage[:] = [Finding("ready", False, "does not answer")]
    assert "nexus doctor --stage dev" in str(run("--stage", "dev").exception)


@pytest.mark.usefixtures("stage")
def test_a_stage_has_to_be_named(versions: FakeVersions) -> None:
    assert "--stage" in str(run().exception)
    assert live(versions)["chat"] == 2
