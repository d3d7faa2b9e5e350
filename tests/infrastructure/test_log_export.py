"""Logs are sent on to a stream where a stage names one, by a role that can do nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cdk.log_export import PATTERNS
from cdk.stages import FUNCTIONS, StageError, read_stage
from tests.infrastructure.assembly import configuration
from tests.infrastructure.changes import synthesized, without_packages

KINESIS = "arn:aws:kinesis:eu-west-1:123456789012:stream/nexus-logs"
FIREHOSE = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/nexus-logs"
Resources = dict[str, dict[str, Any]]


def data_stack(folder: Path, **given: str) -> Resources:
    with without_packages(folder / "package"):
        templates = synthesized(read_stage("prod", {**configuration("prod"), **given}), folder)
    found: Resources = templates["nexus-prod-data"]["Resources"]
    return found


@pytest.fixture(scope="module")
def firehose(tmp_path_factory: pytest.TempPathFactory) -> Resources:
    return data_stack(tmp_path_factory.mktemp("export"), log_stream_arn=FIREHOSE)


def of_kind(resources: Resources, kind: str) -> Resources:
    return {name: one for name, one in resources.items() if one["Type"] == f"AWS::{kind}"}


def test_every_function_s_log_is_subscribed_and_only_theirs(firehose: Resources) -> None:
    found = of_kind(firehose, "Logs::SubscriptionFilter")
    assert len(found) == len(FUNCTIONS)
    [role] = [name for name in of_kind(firehose, "IAM::Role") if "LogExport" in name]
    groups = set()
    for one in found.values():
        properties = one["Properties"]
        assert properties["DestinationArn"] == FIREHOSE
        assert properties["FilterPattern"] == PATTERNS["errors"]
        assert properties["RoleArn"] == {"Fn::GetAtt": [role, "Arn"]}
        # CloudWatch Logs tries to write when a subscription is made.
        assert any("PolicyLogExport" in name or "Policy" in name for name in one["DependsOn"])
        groups.add(properties["LogGroupName"]["Ref"])
    named = [next(group for group in groups if f"Logs{f.capitalize()}" in group) for f in FUNCTIONS]
    assert len(set(named)) == len(FUNCTIONS)


def test_the_role_writes_to_the_stream_for_these_groups_alone(firehose: Resources) -> None:
    [role] = [one for name, one in of_kind(firehose, "IAM::Role").items() if "LogExport" in name]
    [statement] = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "logs.amazonaws.com"}
    assert len(statement["Condition"]["ArnLike"]["aws:SourceArn"]) == len(FUNCTIONS)
    [policy] = [
        one for name, one in of_kind(firehose, "IAM::Policy").items() if "LogExport" in name
    ]
    [right] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert right["Action"] == ["firehose:PutRecord", "firehose:PutRecordBatch"]
    assert right["Resource"] == FIREHOSE


def test_a_data_stream_may_get_all_lines(tmp_path: Path) -> None:
    found = data_stack(tmp_path, log_stream_arn=KINESIS, log_export="all")
    for one in of_kind(found, "Logs::SubscriptionFilter").values():
        assert one["Properties"]["FilterPattern"] == ""
    text = json.dumps(of_kind(found, "IAM::Policy"))
    assert "kinesis:PutRecord" in text
    assert "firehose" not in text


def test_without_a_stream_nothing_is_subscribed(tmp_path: Path) -> None:
    found = data_stack(tmp_path)
    assert not of_kind(found, "Logs::SubscriptionFilter")
    assert not [name for name in found if "LogExport" in name]


@pytest.mark.parametrize(
    "arn", ["logs", KINESIS.replace("kinesis", "sqs"), f"{KINESIS}/x", FIREHOSE + "*"]
)
def test_what_is_no_stream_is_refused(arn: str) -> None:
    with pytest.raises(StageError, match="log_stream_arn"):
        read_stage("prod", {**configuration("prod"), "log_stream_arn": arn})
