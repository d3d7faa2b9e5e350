"""What a release is judged by, as the templates have it, and how much traffic that needs."""

from __future__ import annotations

import json
import re
from math import comb

import pytest

from cdk.stages import StageError, read_stage
from cli.local.layout import PROJECT
from tests.infrastructure.assembly import CANARIES, configuration
from tests.infrastructure.release_simulation import group_of

NEW = "8"


@pytest.fixture(params=CANARIES)
def canary(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_what_people_work_with_is_released_to_a_tenth_first() -> None:
    assert CANARIES == ("staging", "prod")


@pytest.mark.parametrize("function", ["chat", "documents"])
def test_a_release_is_judged_by_its_version_and_by_what_callers_get_of_the_stage(
    assembly, canary, function
) -> None:
    group = group_of(assembly.template(canary, "service"), function, NEW)
    assert group is not None
    assert (group.percent, group.minutes) == (10, 5)
    assert {name.removeprefix(f"nexus-{canary}-") for name in group.alarms} == {
        f"{function}-release",
        *("api-down", "server-errors", "dependency-failing", "slow-answers", "lambda-errors"),
    }
    assert len(group.alarms) <= 10  # as many as a group can have
    alarm = group.alarms[f"nexus-{canary}-{function}-release"]
    assert alarm["Dimensions"][-1] == {"Name": "version", "Value": NEW}
    judged = ("Threshold", "DatapointsToAlarm", "EvaluationPeriods", "Period", "Statistic")
    assert [alarm[one] for one in judged] == [0.05, 2, 5, 60, "Average"]


def test_what_asks_is_made_before_the_alias_moves_and_of_no_layer(assembly, canary) -> None:
    resources = assembly.template(canary, "service")["Resources"]
    asking = assembly.function(canary, "readiness")
    assert "Layers" not in asking
    released = json.dumps(asking["Environment"]["Variables"]["NEXUS_RELEASED"])
    for name in ("Chat", "Stream", "Documents", "Authorizer"):
        assert f"{name}FunctionCurrentVersion" in released
        [alias] = [
            one
            for key, one in resources.items()
            if key.startswith(f"{name}Live") and one["Type"] == "AWS::Lambda::Alias"
        ]
        needed = {resources[one]["Type"] for one in alias["DependsOn"]}
        assert {"AWS::CodeDeploy::DeploymentGroup", "AWS::Lambda::Function"} <= needed


def test_a_canary_that_no_alarm_watches_is_refused() -> None:
    with pytest.raises(StageError, match="at_once"):
        read_stage("prod", {**configuration("prod"), "monitored": False})


def _taken_back(a_minute: float, share: float) -> float:
    """How probably the release alarm is on within five minutes, of so many requests a minute.

    That is of the new version's, each of which fails with this probability, by binomials.
    """
    least, most, of = 0.05, 2, 5  # as the template has them, above
    count = round(a_minute)
    bad = sum(
        comb(count, failed) * share**failed * (1 - share) ** (count - failed)
        for failed in range(count + 1)
        if failed / count > least
    )
    return sum(
        comb(of, minutes) * bad**minutes * (1 - bad) ** (of - minutes)
        for minutes in range(most, of + 1)
    )


def test_the_runbook_tells_how_much_traffic_a_release_needs_to_be_judged() -> None:
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (\d+) % \| (\d+) % \| (\d+) % \|$", text, re.MULTILINE)
    assert len(rows) == 4
    for requests, *told in rows:
        computed = [_taken_back(int(requests) / 10, share) for share in (0.1, 0.3, 0.005)]
        assert [int(one) for one in told] == [round(100 * one) for one in computed]
