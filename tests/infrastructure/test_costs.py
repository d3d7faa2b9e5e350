"""What the README says that a stage costs is what its templates come to."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from cli.local.layout import PROJECT
from tests.bench import cost
from tests.bench.cost_text import (
    AWS_STAGES,
    COMMAND,
    idle_text,
    metrics_of,
    paid_metrics,
    question_text,
)
from tests.bench.idle_bill import (
    FREE,
    PRICED,
    STACKS,
    Stored,
    Unpriced,
    charges_of,
    dollars,
    dollars_of,
    idle_bill,
    runs_a_month,
)
from tests.bench.prices import HOURS, PRICES
from tests.bench.question_bill import TOKENS_IN

README = (PROJECT / "README.md").read_text(encoding="utf-8")
# With what an account has for nothing, and without: of that, alarms and the dashboard are 7.00.
MOST_DOLLARS = {True: 8.0, False: 12.4}
# What a stage has only where it is told an address for alarms, a domain, where people sign in, or a
# stage that stands by;
# or that its account has no role yet with which API Gateway writes logs.
OPTIONAL = {
    *("ApiGateway::BasePathMapping", "ApiGateway::DomainName"),
    *("Cognito::UserPoolDomain", "Cognito::UserPoolGroup", "Cognito::UserPoolIdentityProvider"),
    *("Route53::HealthCheck", "Route53::RecordSet", "SNS::Subscription"),
}


def block(name: str) -> str:
    begin = f"<!-- {name}: written by `{COMMAND}` -->"
    assert README.count(begin) == 1
    return README.partition(begin)[2].partition("<!-- end -->")[0].strip()


def service(assembly, stage: str = "prod") -> dict[str, Any]:
    return copy.deepcopy(assembly.template(stage, "service")["Resources"])


def test_the_readme_tells_what_each_stage_costs_while_nobody_asks(assembly):
    assert block("idle") == idle_text(assembly).strip()
    for stage in AWS_STAGES:
        assert f"${dollars(idle_bill(assembly, stage)):.2f} for `{stage}`" in README


def test_the_readme_tells_what_questions_and_pages_cost(assembly):
    assert block("questions") == question_text(assembly).strip()


@pytest.mark.parametrize("free", [True, False])
def test_idle_no_stage_costs_more_a_month_than_it_may(assembly, free):
    for stage in AWS_STAGES:
        assert dollars(idle_bill(assembly, stage), free=free) <= MOST_DOLLARS[free]


def test_the_tokens_of_a_question_are_what_its_prompts_measure():
    assert cost.count(top_k=5).tokens_in == pytest.approx(TOKENS_IN, rel=0.02)


def test_a_resource_that_nobody_has_priced_is_found(assembly):
    resources = service(assembly) | {"New": {"Type": "AWS::EC2::NatGateway", "Properties": {}}}
    with pytest.raises(Unpriced, match=r"New is an EC2::NatGateway"):
        charges_of(resources, Stored())


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("Lambda::Alias", {"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 1}}),
        ("ApiGateway::Stage", {"CacheClusterEnabled": True}),
        ("Scheduler::Schedule", {"ScheduleExpression": "rate(1 minute)"}),
        ("SQS::Queue", {"KmsMasterKeyId": "alias/own"}),
    ],
)
def test_a_property_that_adds_a_price_is_found(assembly, kind, change):
    resources = service(assembly)
    next(one for one in resources.values() if one["Type"] == f"AWS::{kind}")["Properties"] |= change
    with pytest.raises(Unpriced):
        charges_of(resources, Stored())


def test_every_published_version_of_a_function_with_snap_start_has_its_price(assembly):
    resources = service(assembly)
    before = charges_of(resources, Stored())
    function = next(name for name in resources if name.startswith("ChatFunction"))
    memory_gb = resources[function]["Properties"]["MemorySize"] / 1024
    version = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": function}}}
    after = charges_of(resources | {"Kept": version}, Stored())
    added = PRICES["snapshot"].dollars * memory_gb * HOURS * 3600
    assert dollars(after) - dollars(before) == pytest.approx(added)
    for one in resources.values():  # as it was before it was said for each function
        if one["Type"] == "AWS::Lambda::Function":
            one["Properties"]["SnapStart"] = {"ApplyOn": "PublishedVersions"}
    assert dollars_of("snapshot", charges_of(resources, Stored())) > 20


def test_metrics_of_each_method_and_alarms_beyond_ten_are_counted(assembly):
    resources = service(assembly)
    stage = next(one for one in resources.values() if one["Type"] == "AWS::ApiGateway::Stage")
    stage["Properties"]["MethodSettings"][0]["MetricsEnabled"] = True
    methods = sum(one["Type"] == "AWS::ApiGateway::Method" for one in resources.values())
    beyond = 5 * methods - PRICES["metric"].free
    metrics = dollars_of("metric", charges_of(resources, Stored()))
    assert metrics == pytest.approx(beyond * 0.30, abs=0.5)
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Period": 60}}
    twelve = charges_of({f"Alarm{number}": alarm for number in range(12)}, Stored())
    assert dollars(twelve) == pytest.approx(0.20)


def test_what_is_stored_is_counted_by_the_gigabyte(assembly):
    empty = dollars(idle_bill(assembly, "prod"))
    stored = Stored(tables_gb=10, documents_gb=100)
    # Of the five tables, four can be brought back to any second; 25 GB are free.
    wanted = 25 * 0.25 + 40 * 0.20 + 100 * 0.023
    assert dollars(idle_bill(assembly, "prod", stored)) - empty == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("expression", "a_week"),
    [("cron(0 18 * * ? *)", 7), ("cron(0 20 ? * SUN *)", 1), ("cron(0 20 ? * MON,FRI *)", 2)],
)
def test_the_runs_of_a_schedule_are_counted(expression, a_week):
    assert runs_a_month(expression) == pytest.approx(a_week * HOURS / 168)


def test_every_price_belongs_to_something_that_a_stage_has(assembly):
    resources = [
        resource["Type"].removeprefix("AWS::")
        for stage in AWS_STAGES
        for stack in STACKS
        for resource in assembly.template(stage, stack)["Resources"].values()
    ]
    assert {*PRICED, *FREE} - set(resources) <= OPTIONAL


def test_every_metric_of_our_own_is_counted():
    found = {
        path.relative_to(PROJECT).as_posix()
        for folder in ("functions", "layers/nexus/python/nexus")
        for path in (PROJECT / folder).rglob("*.py")
        if re.search(r"\b(record(er)?|count)\(\s*f?\"[a-z_{]+\"?", path.read_text(encoding="utf-8"))
    }
    assert found == {
        "functions/authorizer/handler.py",
        "functions/backup/handler.py",
        "functions/connect/handler.py",
        "functions/ingest/handler.py",
        "functions/reindex/handler.py",
        "layers/nexus/python/nexus/adapters/dynamodb/throttles.py",
        "layers/nexus/python/nexus/answering/answer_cache.py",
        "layers/nexus/python/nexus/answering/embedding_cache.py",
        "layers/nexus/python/nexus/answering/forgiving_cache.py",
        "layers/nexus/python/nexus/answering/measuring.py",
        "layers/nexus/python/nexus/http/middleware.py",
        "layers/nexus/python/nexus/http/web_adapter.py",  # a start of the stream, as any cold one
        "layers/nexus/python/nexus/insights/rating.py",
        "layers/nexus/python/nexus/metrics.py",
        "layers/nexus/python/nexus/operations/health.py",
        "layers/nexus/python/nexus/spending.py",
    }
    assert {"requests", "cache_answer_hit", "cache_answer_miss", "dollars"} < metrics_of("chat")
    assert {"messages", "documents_indexed", "ingestion_lag"} < metrics_of("ingest")
    # 2 functions, 2 routes, 3 levels, 3 reasons, 9 dependencies and 3 models: 48 to the month.
    assert 35 <= paid_metrics("chat") <= 50


def test_an_alarm_on_an_expression_is_paid_for_by_its_metrics(assembly):
    alarms = assembly.resources("prod", "service", "CloudWatch::Alarm")
    charges = charges_of(alarms, Stored())
    assert len(alarms) == 22
    assert sum(one.quantity for one in charges) == 38
