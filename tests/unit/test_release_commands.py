"""A release at CodeDeploy is stopped by hand, and the next one waits until it can be shifted."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.aws.releases import release_findings, stop, under_way
from cli.commands import rollback as command
from cli.connection import Connection
from cli.failure import Failure
from cli.findings import Finding
from tests.fakes import FakeVersions
from tests.unit.cli_stage import aws_session, deployment


class CodeDeploy:
    """Two groups; what is under way in them, and what was stopped."""

    def __init__(self, **running: str) -> None:
        self.running, self.stopped = running, list[str]()
        self.over: set[str] = set()

    def list_deployment_groups(self, **given: Any) -> dict[str, Any]:
        assert given == {"applicationName": "nexus-prod"}
        return {"deploymentGroups": ["chat", "documents"]}

    def list_deployments(self, **given: Any) -> dict[str, Any]:
        assert {"InProgress", "Created"} <= set(given["includeOnlyStatuses"])
        assert not {"Succeeded", "Failed", "Stopped"} & set(given["includeOnlyStatuses"])
        found = self.running.get(given["deploymentGroupName"])
        return {"deployments": [found] if found else []}

    def stop_deployment(self, **given: Any) -> dict[str, Any]:
        if given["deploymentId"] in self.over:
            code = "DeploymentAlreadyCompletedException"
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "StopDeployment")
        assert given["autoRollbackEnabled"] is True
        self.stopped.append(given["deploymentId"])
        return {"status": "Pending"}


@pytest.fixture
def versions() -> FakeVersions:
    made = FakeVersions()
    for at in (1_000.0, 2_000.0):
        for name in ("chat", "documents"):
            made.publish(name, at)
    return made


def findings(codedeploy: CodeDeploy, versions: FakeVersions) -> list[Finding]:
    names = ["chat", "documents"]
    return list(release_findings("prod", codedeploy, "nexus-prod", versions, names))


def test_deployments_of_all_groups_are_stopped_and_lead_back() -> None:
    codedeploy = CodeDeploy(chat="d-1", documents="d-2")
    assert under_way(codedeploy, "nexus-prod") == ["d-1", "d-2"]
    assert stop(codedeploy, ["d-1", "d-2"]) == codedeploy.stopped == ["d-1", "d-2"]


def test_a_deployment_that_ended_meanwhile_was_not_stopped() -> None:
    codedeploy = CodeDeploy(chat="d-1")
    codedeploy.over = {"d-1"}
    assert stop(codedeploy, ["d-1"]) == []


def test_a_stage_without_codedeploy_is_not_asked_for_it() -> None:
    assert under_way(None, "") == []


def test_a_release_waits_for_the_one_that_is_under_way(versions: FakeVersions) -> None:
    assert all(one.well for one in findings(CodeDeploy(), versions))
    [other, _] = findings(CodeDeploy(chat="d-1"), versions)
    assert not other.well
    assert other.serious
    assert "nexus rollback --stage prod" in other.advice


def test_a_release_after_one_that_was_taken_back_is_refused_and_told_how(
    versions: FakeVersions,
) -> None:
    versions.point("chat", 1, 2)
    [_, deployed] = findings(CodeDeploy(), versions)
    assert not deployed.well
    assert "callers of chat" in deployed.detail
    assert "releases=at_once" in deployed.advice
    assert "--forward" in deployed.advice


@pytest.mark.parametrize("forward", [False, True])
def test_the_command_stops_a_release_and_moves_nothing_itself(
    forward: bool, versions: FakeVersions, monkeypatch: pytest.MonkeyPatch
) -> None:
    codedeploy = CodeDeploy(chat="d-1")
    outputs = {"chat_function": "chat:live", "release_application": "nexus-prod"}
    made = Connection("prod", aws_session(), deployment(stage="prod", **outputs))
    monkeypatch.setattr(Connection, "client", lambda _self, _service: codedeploy)
    monkeypatch.setattr(command, "connect", lambda _stage: made)
    monkeypatch.setattr(command, "function_versions", lambda _client: versions)
    if forward:
        with pytest.raises(Failure, match="under way"):
            command.rollback("prod", forward=True)
    else:
        command.rollback("prod", forward=False)
    assert codedeploy.stopped == ([] if forward else ["d-1"])
    assert versions.live("chat") == 2
