"""A stage is watched: each alarm has its place in the runbook, each metric is reported."""

from __future__ import annotations

import json
import re

import pytest
from aws_cdk import App
from aws_cdk.assertions import Annotations, Match

from cdk.data_stack import DataStack
from cdk.monitoring.dashboard import dashboard_name
from cdk.monitoring.schedules import longest_silence
from cdk.stages import read_stage
from cli.local.layout import PROJECT
from nexus.metric_names import METRICS
from nexus.metrics import NAMESPACE
from tests.infrastructure.assembly import FUNCTIONS, STAGES, configuration

WATCHED = tuple(name for name in STAGES if name != "local")
RUNBOOK = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
SECTIONS = set(re.findall(r"^#{2,3} (.+)$", RUNBOOK, re.MULTILINE))
UNKNOWN_TO_THE_EMULATOR = {
    *("Logs::QueryDefinition", "CodeDeploy::Application", "CodeDeploy::DeploymentGroup"),
}


def alarms(assembly, stage):
    found = {}
    for stack in ("data", "service"):
        for one in assembly.resources(stage, stack, "CloudWatch::Alarm").values():
            found[one["Properties"]["AlarmName"].removeprefix(f"nexus-{stage}-")] = one[
                "Properties"
            ]
    return found


def stats(alarm):
    if "Metrics" not in alarm:
        return [alarm]
    return [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one]


@pytest.mark.parametrize("stage", STAGES)
def test_each_alarm_names_a_section_of_the_runbook_and_has_its_name(assembly, stage):
    for name, alarm in alarms(assembly, stage).items():
        [section] = re.findall(r'docs/operations\.md, "(.+)"\.$', alarm["AlarmDescription"])
        assert section in SECTIONS
        assert section.lower().replace(" ", "-") == name
        assert alarm["AlarmActions"] == alarm["OKActions"] != []


@pytest.mark.parametrize("stage", WATCHED)
def test_every_section_on_an_alarm_is_of_one_that_there_is(assembly, stage):
    told = RUNBOOK.partition("## Alarms")[2].partition("\n## ")[0]
    sections = {one.lower().replace(" ", "-") for one in re.findall(r"^### (.+)$", told, re.M)}
    there = set(alarms(assembly, stage))
    assert there <= sections
    released = ("chat", "stream", "documents", "authorizer")
    not_in_dev = {"missed-backup", *(f"{one}-release" for one in released)}
    of_a_replica = {"replication-behind", "replication-failures"}  # see test_replication.py
    assert sections - there == of_a_replica | (not_in_dev if stage in ("aws", "dev") else set())


@pytest.mark.parametrize("stage", WATCHED)
def test_alarms_on_own_metrics_are_on_this_stage_s_and_on_what_is_reported(assembly, stage):
    own = [
        metric
        for alarm in alarms(assembly, stage).values()
        for metric in stats(alarm)
        if metric["Namespace"] == NAMESPACE
    ]
    assert len(own) >= 8
    for metric in own:
        dimensions = {one["Name"]: one["Value"] for one in metric["Dimensions"]}
        assert dimensions.pop("stage") == stage
        assert tuple(sorted(dimensions)) in METRICS[metric["MetricName"]].by


@pytest.mark.parametrize("stage", WATCHED)
def test_every_queue_in_which_something_can_end_has_an_alarm(assembly, stage):
    watched = json.dumps([stats(alarm) for alarm in alarms(assembly, stage).values()])
    data = assembly.resources(stage, "data", "SQS::Queue")
    service = assembly.resources(stage, "service", "SQS::Queue")
    assert (len(data), len(service)) == (2, 2)
    for name in data:
        assert name in watched
    for queue in service.values():
        assert f'"{queue["Properties"]["QueueName"]}"' in watched


@pytest.mark.parametrize("stage", WATCHED)
def test_the_dashboard_draws_what_is_reported(assembly, stage):
    [dashboard] = assembly.resources(stage, "service", "CloudWatch::Dashboard").values()
    body = json.dumps(dashboard["Properties"]["DashboardBody"])
    assert f'"{dashboard_name(read_stage(stage, configuration(stage)))}"' == json.dumps(
        dashboard["Properties"]["DashboardName"]
    )
    for title in ("Traffic", "Latency", "confidence", "Refusals", "Spend", "Ingestion", "Depend"):
        assert title in body
    searched = re.findall(r"SEARCH\('\{Nexus,(\w+),stage\} MetricName=[\\\"]+(\w+)", body)
    assert len(searched) >= 8
    for dimension, name in searched:
        assert (dimension,) in METRICS[name].by
    drawn = re.findall(r'\[\\+"Nexus\\+",\\+"(\w+)', body)
    assert len(drawn) >= 10
    assert set(drawn) <= set(METRICS)


@pytest.mark.parametrize("stage", WATCHED)
def test_saved_queries_ask_the_logs_of_this_stage(assembly, stage):
    queries = assembly.resources(stage, "service", "Logs::QueryDefinition").values()
    assert len(queries) == 7
    for query in queries:
        assert query["Properties"]["Name"].startswith(f"nexus/{stage}/")
        assert query["Properties"]["LogGroupNames"]


def test_the_local_stage_has_nothing_that_the_emulator_refuses(assembly):
    template = assembly.template("local", "service")["Resources"]
    kinds = {one["Type"].removeprefix("AWS::") for one in template.values()}
    assert not kinds & UNKNOWN_TO_THE_EMULATOR
    assert all("Metrics" not in one for one in alarms(assembly, "local").values())


@pytest.mark.parametrize(
    ("field", "alarm", "unit"),
    [
        ("alarm_server_errors_percent", "server-errors", 1),
        ("alarm_refusals_percent", "refusals", 1),
        ("alarm_slow_answers_s", "slow-answers", 1000),
        ("spend_per_day", "spend-per-day", 1),
    ],
)
def test_a_stage_s_own_thresholds_are_its_alarms_and_dev_is_lenient(assembly, field, alarm, unit):
    own = {stage: configuration(stage)[field] for stage in WATCHED}
    for stage, threshold in own.items():
        found = alarms(assembly, stage)[alarm]
        assert found["Threshold"] == threshold * unit
        assert f"{threshold:g}" in found["AlarmDescription"]
    if field != "spend_per_day":
        assert own["staging"] <= own["prod"] < own["dev"]


def test_dev_tells_each_step_in_its_log_and_prod_does_not(assembly):
    levels = {
        stage: assembly.function(stage, "chat")["Environment"]["Variables"]["NEXUS_LOG_LEVEL"]
        for stage in WATCHED
    }
    assert levels == {"aws": "INFO", "dev": "DEBUG", "staging": "INFO", "prod": "INFO"}


@pytest.mark.parametrize("stage", WATCHED)
def test_timeouts_are_counted_in_the_log_of_every_function(assembly, stage):
    filters = assembly.resources(stage, "service", "Logs::MetricFilter").values()
    assert len(filters) == len(FUNCTIONS)
    [watched] = stats(alarms(assembly, stage)["lambda-timeouts"])
    for one in filters:
        [counted] = one["Properties"]["MetricTransformations"]
        assert counted["MetricNamespace"] == watched["Namespace"]
        assert counted["MetricName"] == watched["MetricName"]
        assert one["Properties"]["FilterPattern"] == '"Task timed out after"'


@pytest.mark.parametrize("stage", STAGES)
def test_logs_outlive_the_service_stack_where_the_stage_keeps_its_data(assembly, stage):
    groups = assembly.resources(stage, "data", "Logs::LogGroup").values()
    assert len(groups) == len(FUNCTIONS) + 2  # what asks new versions, and the API
    kept = "Retain" if configuration(stage)["removal_policy"] == "retain" else "Delete"
    for group in groups:
        assert group["DeletionPolicy"] == group["UpdateReplacePolicy"] == kept
        assert group["Properties"]["RetentionInDays"] == configuration(stage)["log_retention_days"]
        assert "LogGroupName" not in group["Properties"]


@pytest.mark.parametrize(
    ("email", "warned"), [("", True), ("ops@example.org", False)], ids=["nobody", "somebody"]
)
def test_an_aws_stage_whose_alarms_nobody_hears_is_warned_of(email, warned):
    given = read_stage("dev", {**configuration("dev"), "alarm_email": email})
    found = Annotations.from_stack(DataStack(App(), given)).find_warning(
        "*", Match.string_like_regexp(".*alarm_email.*")
    )
    assert bool(found) is warned


def test_this_machine_s_own_stage_warns_of_nothing():
    given = read_stage("local", configuration("local"))
    assert not Annotations.from_stack(DataStack(App(), given)).find_warning("*", Match.any_value())


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("cron(0 18 * * ? *)", 26 / 24),
        ("rate(1 day)", 26 / 24),
        ("cron(0 20 ? * SUN *)", 7),
        ("rate(2 days)", 7),
    ],
)
def test_a_daily_run_is_missed_after_26_hours_and_any_other_after_a_week(expression, days):
    silence = longest_silence(expression)
    assert silence.days == pytest.approx(days)
    assert silence.hours * 3600 * silence.periods <= 604_800  # as far as an alarm looks
