"""Somebody is told when ingestion gives up a message, or leaves one lying."""

from __future__ import annotations

import json

from aws_cdk import App
from aws_cdk.assertions import Template

from cdk.data_stack import DataStack
from cdk.stages import read_stage
from tests.infrastructure.assembly import configuration


def alarm(assembly, stage, named):
    return assembly.only(stage, "data", "CloudWatch::Alarm", named)["Properties"]


def test_one_dead_letter_is_an_alarm_within_a_minute(assembly, stage):
    found = alarm(assembly, stage, "AlarmsDeadLetters")
    assert found["Namespace"] == "AWS/SQS"
    assert found["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert "IngestDeadLetters" in json.dumps(found["Dimensions"])
    assert (found["ComparisonOperator"], found["Threshold"]) == ("GreaterThanThreshold", 0)
    assert (found["Period"], found["EvaluationPeriods"], found["DatapointsToAlarm"]) == (60, 1, 1)
    assert found["Statistic"] == "Maximum"
    assert found["TreatMissingData"] == "notBreaching"
    assert "nexus dead-letters list" in found["AlarmDescription"]


def test_a_message_that_waits_for_six_hours_is_an_alarm(assembly, stage):
    found = alarm(assembly, stage, "AlarmsOldestMessage")
    assert found["MetricName"] == "ApproximateAgeOfOldestMessage"
    assert "IngestQueue" in json.dumps(found["Dimensions"])
    assert (found["ComparisonOperator"], found["Threshold"]) == ("GreaterThanThreshold", 6 * 3600)
    assert found["TreatMissingData"] == "notBreaching"


def test_alarms_tell_the_topic_when_they_begin_and_when_they_end(assembly, stage):
    [topic] = assembly.resources(stage, "data", "SNS::Topic")
    alarms = assembly.resources(stage, "data", "CloudWatch::Alarm").values()
    assert len(alarms) == 2
    for one in alarms:
        assert one["Properties"]["AlarmActions"] == [{"Ref": topic}]
        assert one["Properties"]["OKActions"] == [{"Ref": topic}]


def test_only_this_account_s_alarms_publish_and_only_over_tls(assembly, stage):
    policy = assembly.only(stage, "data", "SNS::TopicPolicy")["Properties"]["PolicyDocument"]
    refused, allowed = sorted(policy["Statement"], key=lambda one: one["Effect"], reverse=True)[:2]
    assert (refused["Effect"], refused["Principal"]) == ("Deny", "*")
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert allowed["Effect"] == "Allow"
    assert allowed["Action"] == "sns:Publish"
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }
    assert len(policy["Statement"]) == 2


def test_an_address_is_subscribed_where_the_stage_gives_one(assembly, stage):
    assert not assembly.resources(stage, "data", "SNS::Subscription")
    given = read_stage("dev", {**configuration("dev"), "alarm_email": "ops@example.org"})
    template = Template.from_stack(DataStack(App(), given))
    template.has_resource_properties(
        "AWS::SNS::Subscription", {"Protocol": "email", "Endpoint": "ops@example.org"}
    )
