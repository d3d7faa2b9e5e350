"""That a stage's copy in another region stops or stays behind is seen, and told with its price."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from cdk.data_stack import DataStack
from cdk.stages import read_stage
from cli.local.layout import PROJECT
from tests.bench.idle_bill import Stored, Unpriced, charges_of
from tests.infrastructure.alarm_evaluation import Recorded, spread, state
from tests.infrastructure.assembly import configuration

NOW_S = 1_800_000_000.0
REPLICA = "nexus-standby-data-documentsbucket-1a2b3c"


def resources(replica: str) -> dict[str, Any]:
    stage = read_stage("prod", {**configuration("prod"), "replica_bucket": replica})
    found: dict[str, Any] = Template.from_stack(DataStack(App(), stage)).to_json()["Resources"]
    return found


@pytest.fixture(scope="module")
def copied() -> dict[str, Any]:
    return resources(REPLICA)


@pytest.fixture(scope="module")
def alarms(copied: dict[str, Any]) -> dict[str, dict[str, Any]]:
    every = [one["Properties"] for one in copied.values() if one["Type"].endswith("::Alarm")]
    return {one["AlarmName"].removeprefix("nexus-prod-"): one for one in every}


def rule(copied: dict[str, Any]) -> dict[str, Any]:
    [found] = [
        one["Properties"]["ReplicationConfiguration"]["Rules"]
        for one in copied.values()
        if "ReplicationConfiguration" in one.get("Properties", {})
    ]
    [only] = found
    return dict(only)


def raised(alarms: dict[str, dict[str, Any]], metric: str, values: list[float]) -> set[str]:
    """Which alarms are on after five minutes of each value of S3's metric, the newest first."""
    [watched] = [one for one in alarms.values() if one["MetricName"] == metric]
    of = {one["Name"]: str(one["Value"]) for one in watched["Dimensions"]}
    recorded = Recorded()
    for moment, value in zip(spread(len(values), 300, NOW_S), values, strict=True):
        recorded.add(moment, "AWS/S3", metric, value, **of)
    return {name for name, one in alarms.items() if state(one, recorded, NOW_S) == "ALARM"}


def test_a_standby_that_is_half_an_hour_behind_for_three_looks_is_an_alarm(
    alarms: dict[str, dict[str, Any]],
) -> None:
    latency = "ReplicationLatency"
    assert raised(alarms, latency, [1801.0] * 3) == {"replication-behind"}
    assert raised(alarms, latency, [0.0, 1801.0, 1801.0]) == set()  # it has caught up
    assert raised(alarms, latency, [900.0] * 6) == set()


def test_one_change_that_could_not_be_copied_is_an_alarm(
    alarms: dict[str, dict[str, Any]],
) -> None:
    failed = "OperationsFailedReplication"
    assert raised(alarms, failed, [1.0]) == {"replication-failures"}
    assert raised(alarms, failed, [0.0]) == set()


def test_the_alarms_are_on_the_one_rule_which_reports_what_they_watch(
    copied: dict[str, Any], alarms: dict[str, dict[str, Any]]
) -> None:
    copying = rule(copied)
    assert copying["Destination"]["Metrics"] == {"Status": "Enabled"}
    assert "ReplicationTime" not in copying["Destination"]  # which would cost by the GB
    watching = [one for one in alarms.values() if one.get("Namespace") == "AWS/S3"]
    assert len(watching) == 2
    [topic] = [name for name, one in copied.items() if one["Type"] == "AWS::SNS::Topic"]
    for alarm in watching:
        of = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
        assert (of["RuleId"], of["DestinationBucket"]) == (copying["Id"], REPLICA)
        assert "DocumentsBucket" in json.dumps(of["SourceBucket"])
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]
        assert alarm["TreatMissingData"] == "notBreaching"


def test_each_alarm_names_a_section_of_the_runbook_and_has_its_name(
    alarms: dict[str, dict[str, Any]],
) -> None:
    runbook = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    for name in ("replication-behind", "replication-failures"):
        [section] = re.findall(r'"(.+)"\.$', alarms[name]["AlarmDescription"])
        assert section.lower().replace(" ", "-") == name
        assert f"\n### {section}\n" in runbook


def test_without_a_replica_there_is_neither_alarm_nor_metric() -> None:
    assert "eplication" not in json.dumps(resources(""))


def test_what_the_rule_reports_is_priced_and_a_promised_time_is_asked_about(
    copied: dict[str, Any],
) -> None:
    def metrics(of: dict[str, Any]) -> float:
        return sum(one.quantity for one in charges_of(of, Stored()) if one.kind == "metric")

    assert metrics(copied) - metrics(resources("")) == 4
    promised = json.loads(json.dumps(copied))
    for one in promised.values():
        if "ReplicationConfiguration" in one.get("Properties", {}):
            [only] = one["Properties"]["ReplicationConfiguration"]["Rules"]
            only["Destination"]["ReplicationTime"] = {"Status": "Enabled", "Time": {"Minutes": 15}}
    with pytest.raises(Unpriced, match="promised time"):
        charges_of(promised, Stored())
