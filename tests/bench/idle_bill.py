"""What a stage costs in a month in which nobody asks and nothing is uploaded, by its templates.

Every resource of a template has a line here, or the reason why it costs nothing while it waits; a
type that has neither raises Unpriced, and so does a property that would add a price. Scheduled runs
go on. What is stored is priced by the GB, of which an idle stage has none unless it is said.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cli.local.layout import PROJECT
from tests.bench.prices import HOURS, PRICES, SECONDS
from tests.infrastructure.assembly import Assembly

STACKS = ("data", "service")
# Lambda starts with five pollers, each of which waits 20 s for a message:
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
POLLS = 5 * 3 * 60 * HOURS
# What API Gateway reports of each method, if it is told to:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
DETAILED_METRICS = 5
# What S3 reports of a rule, billed as a metric of one's own is; counted as if it did all the time:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
REPLICATION_METRICS = 4
# How many of Route 53's checkers ask from one region; assumed: all, from eight regions, ask about
# every two seconds, and the fewest are three regions
# (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html).
CHECKERS_PER_REGION = 2
# A scheduled run that finds nothing to do: its length, what it logs, what it reads. Assumed.
RUN_S, RUN_LOG_GB, RUN_READS = 10.0, 10e3 / 1e9, 50
# 1,536 numbers, the text and its place: see the README's "Back up".
CHUNK_GB = 6e3 / 1e9
WEEK_HOURS = 24 * 7


class Unpriced(Exception):
    """A template holds something of which nobody has said what it costs."""


@dataclass(frozen=True)
class Charge:
    """A quantity of something that has a price, and what it is for."""

    kind: str
    quantity: float
    what: str


@dataclass(frozen=True)
class Stored:
    """What a stage holds, in GB; nothing, unless it is said."""

    tables_gb: float = 0.0
    documents_gb: float = 0.0
    chunks: int = 0


Template = Mapping[str, Mapping[str, Any]]
Pricing = Callable[[Mapping[str, Any], Template, Stored], Iterator[Charge]]


def idle_bill(assembly: Assembly, stage: str, stored: Stored | None = None) -> list[Charge]:
    """Every charge of a stage's month. Raises Unpriced for what has no price here."""
    found: list[Charge] = []
    for stack in STACKS:
        template: Template = assembly.template(stage, stack)["Resources"]
        found += charges_of(template, stored or Stored())
    return found


def charges_of(template: Template, stored: Stored) -> list[Charge]:
    """Every charge of one template's resources in a month. Raises Unpriced."""
    found: list[Charge] = []
    for name, resource in template.items():
        kind = resource["Type"].removeprefix("AWS::")
        properties = resource.get("Properties", {})
        if kind not in PRICED and kind not in FREE:
            raise Unpriced(f"{name} is an {kind}: say in tests/bench/idle_bill.py what it costs.")
        for costly in COSTLY.get(kind, ()):
            if properties.get(costly):
                raise Unpriced(f"{name} has {costly}: say in tests/bench/idle_bill.py its price.")
        if kind in PRICED:
            found += PRICED[kind](properties, template, stored)
    return found


def dollars(charges: list[Charge], *, free: bool = True) -> float:
    """What charges come to, less what an account has for nothing unless `free` says otherwise."""
    return sum(dollars_of(kind, charges, free=free) for kind in {one.kind for one in charges})


def dollars_of(kind: str, charges: list[Charge], *, free: bool = True) -> float:
    """What the charges of one kind come to."""
    quantity = sum(one.quantity for one in charges if one.kind == kind)
    price = PRICES[kind]
    return max(0.0, quantity - (price.free if free else 0.0)) * price.dollars


def runs_a_month(expression: str) -> float:
    """How often a schedule starts something. Raises Unpriced for one that cannot be counted."""
    every = re.fullmatch(r"cron\((\d+) (\d+) ([*?]) \* ([*?]|[A-Z,]+) \*\)", expression)
    if not every:
        raise Unpriced(f"How often is {expression}? Say it in tests/bench/idle_bill.py.")
    days = 7 if every[4] in ("*", "?") else len(every[4].split(","))
    return days * HOURS / WEEK_HOURS


def run_metrics(function: str) -> int:
    """How many metrics of its own a scheduled function's run reports, by its source."""
    source = (PROJECT / "functions" / function / "handler.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COUNTED":
            # And how often it was invoked, and that it started cold.
            return 2 + len(ast.literal_eval(node.value))
    raise Unpriced(f"functions/{function}/handler.py does not say in COUNTED what it counts.")


def _secret(properties: Mapping[str, Any], *_: Any) -> Iterator[Charge]:
    yield Charge("secret", 1, str(properties.get("Description", "secret")))


def _alarm(properties: Mapping[str, Any], *_: Any) -> Iterator[Charge]:
    # An alarm on an expression is paid for by the metrics in it.
    stats = [one["MetricStat"] for one in properties.get("Metrics", ()) if "MetricStat" in one]
    if min(one["Period"] for one in (stats or [properties])) < 60:
        raise Unpriced("An alarm of less than a minute costs three times as much: say so.")
    yield Charge("alarm", len(stats) or 1, "alarm")


def _dashboard(properties: Mapping[str, Any], *_: Any) -> Iterator[Charge]:
    yield Charge("dashboard", 1, str(properties["DashboardName"]))


def _version(properties: Mapping[str, Any], template: Template, _: Stored) -> Iterator[Charge]:
    function = template[properties["FunctionName"]["Ref"]]["Properties"]
    if function.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions":
        memory_gb = function["MemorySize"] / 1024
        yield Charge("snapshot", memory_gb * SECONDS, function["FunctionName"])


def _polling(properties: Mapping[str, Any], *_: Any) -> Iterator[Charge]:
    if properties.get("Enabled", True):
        yield Charge("queue", POLLS, "polling the ingestion queue")


def _table(properties: Mapping[str, Any], _: Template, stored: Stored) -> Iterator[Charge]:
    if properties["BillingMode"] != "PAY_PER_REQUEST":
        raise Unpriced("A table of provisioned capacity costs by the hour: say how much.")
    yield Charge("table", stored.tables_gb, "tables")
    recovery = properties.get("PointInTimeRecoverySpecification", {})
    if recovery.get("PointInTimeRecoveryEnabled"):
        yield Charge("recovery", stored.tables_gb, "recovery to any second")


def _bucket(properties: Mapping[str, Any], _: Template, stored: Stored) -> Iterator[Charge]:
    rules = properties["LifecycleConfiguration"]["Rules"]
    kept_days = [
        rule["ExpirationInDays"]
        for rule in rules
        # Recordings go after a day, and an idle stage has none.
        if "ExpirationInDays" in rule and rule.get("Prefix") != "audio/"
    ]
    if kept_days:  # the snapshots of the index, one a night
        yield Charge("object", max(kept_days) * stored.chunks * CHUNK_GB, "snapshots")
    elif "NotificationConfiguration" in properties:  # the other is the page's, of some MB
        yield Charge("object", stored.documents_gb, "documents")
    for rule in properties.get("ReplicationConfiguration", {}).get("Rules", ()):
        yield from _replicated(rule["Destination"])


def _replicated(destination: Mapping[str, Any]) -> Iterator[Charge]:
    if "ReplicationTime" in destination:
        raise Unpriced("Replication within a promised time costs by the GB: say how much.")
    if destination.get("Metrics", {}).get("Status") == "Enabled":
        yield Charge("metric", REPLICATION_METRICS, "metrics of the replication")


def _schedule(properties: Mapping[str, Any], template: Template, _: Stored) -> Iterator[Charge]:
    runs = runs_a_month(properties["ScheduleExpression"])
    alias = template[properties["Target"]["Arn"]["Ref"]]["Properties"]
    function = template[alias["FunctionName"]["Ref"]]["Properties"]
    named = function["FunctionName"].rpartition("-")[2]
    yield Charge("schedule", runs, f"starts of {named}")
    yield Charge("invocation", runs, f"runs of {named}")
    yield Charge("compute", runs * RUN_S * function["MemorySize"] / 1024, f"runs of {named}")
    yield Charge("read", runs * RUN_READS, f"reads of {named}")
    yield Charge("log", runs * RUN_LOG_GB, f"log of {named}")
    if function.get("TracingConfig", {}).get("Mode") == "Active":
        yield Charge("trace", runs, f"runs of {named}")
    # A metric is billed for each hour in which it is reported.
    yield Charge("metric", run_metrics(named) * runs / HOURS, f"metrics of {named}")


def _api(properties: Mapping[str, Any], template: Template, _: Stored) -> Iterator[Charge]:
    detailed = any(one.get("MetricsEnabled") for one in properties.get("MethodSettings", ()))
    methods = [one for one in template.values() if one["Type"] == "AWS::ApiGateway::Method"]
    # Reported by whoever watches over /health, at least; all are counted.
    yield Charge("metric", DETAILED_METRICS * len(methods) * detailed, "metrics of each method")


def _health_check(properties: Mapping[str, Any], *_: Any) -> Iterator[Charge]:
    config = properties["HealthCheckConfig"]
    if config["Type"] != "HTTPS" or config["RequestInterval"] < 30 or config.get("MeasureLatency"):
        raise Unpriced("A health check that is faster or measures has another price: say which.")
    asked = len(config["Regions"]) * CHECKERS_PER_REGION * SECONDS / config["RequestInterval"]
    yield Charge("health check", 1, "health check")
    yield Charge("request", asked, "questions of the health check")
    yield Charge("invocation", asked, "questions of the health check")


def _distribution(properties: Mapping[str, Any], *_: Any) -> Iterator[Charge]:
    """Nothing: by what visitors load (https://aws.amazon.com/cloudfront/pricing, pay as you go)."""
    config = properties["DistributionConfig"]
    shielded = any("OriginShield" in one for one in config["Origins"])
    if config.get("WebACLId") or config.get("Logging") or shielded:
        raise Unpriced("A web ACL, logs and a shield of the page's have prices: say which.")
    yield from ()


PRICED: dict[str, Pricing] = {
    "ApiGateway::Stage": _api,
    "CloudFront::Distribution": _distribution,
    "CloudWatch::Alarm": _alarm,
    "CloudWatch::Dashboard": _dashboard,
    "DynamoDB::Table": _table,
    "Lambda::EventSourceMapping": _polling,
    "Lambda::Version": _version,
    "Route53::HealthCheck": _health_check,
    "S3::Bucket": _bucket,
    "Scheduler::Schedule": _schedule,
    "SecretsManager::Secret": _secret,
}
_BY_USE = "billed by use"
_RULE = "a setting or a right of something else"
FREE: dict[str, str] = {
    "ApiGateway::RestApi": _BY_USE,
    # By the people who signed in within the month (aws.amazon.com/cognito/pricing).
    "Cognito::UserPool": _BY_USE,
    "Lambda::Function": _BY_USE,
    "Logs::LogGroup": _BY_USE,
    "S3Vectors::VectorBucket": _BY_USE,
    "SNS::Topic": _BY_USE,
    "SQS::Queue": _BY_USE,
    "Route53::RecordSet": "an alias of something of AWS; its zone is the organisation's own",
    "Lambda::LayerVersion": "75 GB of code are free in each region",
    **dict.fromkeys(
        [
            *("ApiGateway::Deployment", "ApiGateway::GatewayResponse"),
            *("ApiGateway::Method", "ApiGateway::Model", "ApiGateway::RequestValidator"),
            *("ApiGateway::Resource", "ApiGateway::UsagePlan"),
            *("ApiGateway::BasePathMapping", "ApiGateway::DomainName"),
            *("ApiGateway::ApiKey", "ApiGateway::UsagePlanKey", "ApiGateway::Authorizer"),
            *("Cognito::UserPoolClient", "Cognito::UserPoolGroup", "Cognito::UserPoolDomain"),
            "Cognito::UserPoolIdentityProvider",
            # Of Lambda, CodeDeploy's deployments cost nothing (aws.amazon.com/codedeploy/pricing).
            *("CodeDeploy::Application", "CodeDeploy::DeploymentGroup"),
            *("CloudFront::OriginAccessControl", "CloudFront::ResponseHeadersPolicy"),
            "Custom::NexusPage",
            *("IAM::Policy", "IAM::Role", "Logs::MetricFilter", "Logs::QueryDefinition"),
            *("Lambda::Alias", "Lambda::EventInvokeConfig", "Lambda::Permission"),
            *("S3::BucketPolicy", "SNS::Subscription", "SNS::TopicPolicy", "SQS::QueuePolicy"),
        ],
        _RULE,
    ),
}
# Properties that add a price, or an unknown one, to what is priced or free above.
COSTLY: dict[str, tuple[str, ...]] = {
    "ApiGateway::Stage": ("CacheClusterEnabled",),
    "CloudWatch::Alarm": ("ThresholdMetricId",),
    "DynamoDB::Table": ("ProvisionedThroughput", "ContributorInsightsSpecification"),
    "Lambda::Alias": ("ProvisionedConcurrencyConfig",),
    "Lambda::EventSourceMapping": ("ProvisionedPollerConfig",),
    "Lambda::Function": ("CapacityProviderConfig", "FileSystemConfigs"),
    "Lambda::Version": ("ProvisionedConcurrencyConfig",),
    "S3::Bucket": (
        *("AnalyticsConfigurations", "IntelligentTieringConfigurations"),
        *("InventoryConfigurations", "MetricsConfigurations"),
    ),
    "SecretsManager::Secret": ("KmsKeyId", "ReplicaRegions"),
    "SNS::Topic": ("KmsMasterKeyId",),
    "SQS::Queue": ("KmsMasterKeyId",),
}
