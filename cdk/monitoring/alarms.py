"""When somebody is told: each alarm is one line here, and a section of docs/operations.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk.functions.scheduled_run import failures_name
from cdk.monitoring.measured import CHAT_ROUTE, gateway, of_functions, own, share, together
from cdk.monitoring.schedules import Silence, longest_silence
from cdk.stages import ACCESS, CONNECT, WATCHED, Stage

RUNBOOK = "docs/operations.md"
# Fewer failures than this are not yet a share of anything.
_LEAST = 3
_DAY_MIN = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What is an alarm: a metric above (or `below`) a number in `most` of the last `of` periods.

    `section` is the heading of the runbook that says what to do, and the alarm's name. One that
    `takes_back` tells what callers get now: a release is stopped while it is on.
    """

    name: str
    section: str
    says: str
    metric: cloudwatch.IMetric
    above: float | None = None
    below: float | None = None
    most: int = 1
    of: int = 1
    silence_is_bad: bool = False
    takes_back: bool = False


def add_alarm(scope: Construct, stage: Stage, topic: sns.ITopic, watch: Watch) -> cloudwatch.Alarm:
    """Adds an alarm that tells the topic when it begins and when it ends."""
    operators = cloudwatch.ComparisonOperator
    missing = cloudwatch.TreatMissingData
    is_above = watch.above is not None
    alarm = cloudwatch.Alarm(
        scope,
        watch.name,
        alarm_name=f"nexus-{stage.name}-{watch.section.lower().replace(' ', '-')}",
        alarm_description=f'{watch.says} What to do: {RUNBOOK}, "{watch.section}".',
        metric=watch.metric,
        threshold=(watch.above if is_above else watch.below) or 0.0,
        comparison_operator=(
            operators.GREATER_THAN_THRESHOLD if is_above else operators.LESS_THAN_THRESHOLD
        ),
        evaluation_periods=watch.of,
        datapoints_to_alarm=watch.most,
        # What nobody uses reports nothing; what must run, and reports nothing, did not.
        treat_missing_data=missing.BREACHING if watch.silence_is_bad else missing.NOT_BREACHING,
    )
    alarm.add_alarm_action(actions.SnsAction(topic))
    alarm.add_ok_action(actions.SnsAction(topic))
    return alarm


def service_watches(stage: Stage) -> Iterator[Watch]:
    """The alarms on what the service stack runs."""
    yield Watch(
        name="ApiDown",
        section="API down",
        says="More than half of the requests end in a 5xx, for three minutes of five.",
        metric=gateway(stage, "5XXError"),
        above=0.5,
        most=3,
        of=5,
        takes_back=True,
    )
    yield Watch(
        name="ServerErrors",
        section="Server errors",
        says=f"More than {stage.alarm_server_errors_percent:g} % of the requests of five minutes "
        "ended in a 5xx.",
        metric=share(own(stage, "server_errors"), least=_LEAST),
        above=stage.alarm_server_errors_percent,
        takes_back=True,
    )
    yield Watch(
        name="DependencyFailing",
        section="Dependency failing",
        says="A dependency failed in more than 10 % of the invocations of five minutes.",
        metric=share(own(stage, "dependency_failing"), least=_LEAST),
        above=10,
        takes_back=True,
    )
    yield Watch(
        name="SlowAnswers",
        section="Slow answers",
        says=f"One answer in twenty takes longer than {stage.alarm_slow_answers_s:g} s, for ten "
        "minutes.",
        metric=own(stage, "request_duration", statistic="p95", route=CHAT_ROUTE),
        above=stage.alarm_slow_answers_s * 1000,
        most=2,
        of=2,
        takes_back=True,
    )
    yield Watch(
        name="Refusals",
        section="Refusals",
        says=f"More than {stage.alarm_refusals_percent:g} % of the questions of half an hour were "
        "refused.",
        metric=share(own(stage, "refusals", minutes=30), least=_LEAST),
        above=stage.alarm_refusals_percent,
    )
    yield from _lambda_watches(stage)
    yield from _schedule_watches(stage)
    yield from _nightly_watches(stage)
    yield Watch(
        name="DynamoThrottles",
        section="DynamoDB throttles",
        says="DynamoDB throttled the functions in each of five minutes.",
        metric=own(stage, "dynamodb_throttles", minutes=1),
        above=0,
        most=5,
        of=5,
    )
    yield Watch(
        name="Spend",
        section="Spend per day",
        says=f"The models cost more than ${stage.spend_per_day:g} in a day.",
        metric=own(stage, "dollars", minutes=_DAY_MIN),
        above=stage.spend_per_day,
    )
    yield Watch(
        name="Unpriced",
        section="Model without a price",
        says="A language model was asked that NEXUS_MODEL_PRICES does not name: its tokens count "
        "as no spend.",
        metric=own(stage, "unpriced_tokens", minutes=_DAY_MIN),
        above=0,
    )


def _nightly_watches(stage: Stage) -> Iterator[Watch]:
    yield Watch(
        name="OldKeys",
        section="Old keys",
        says="An API key is 90 days old or older.",
        metric=own(stage, "keys_to_rotate", minutes=_DAY_MIN),
        above=0,
    )
    yield Watch(
        name="UntendedKeys",
        section="Untended keys",
        says="The nightly run could not read the keys, or remove one that has ended.",
        metric=own(stage, "keys_stuck", minutes=_DAY_MIN),
        above=0,
    )
    yield Watch(
        name="FormerVersions",
        section="Former versions",
        says="The nightly run could not remove the functions' former versions, which cost on.",
        metric=own(stage, "versions_stuck", minutes=_DAY_MIN),
        above=0,
    )


def _lambda_watches(stage: Stage) -> Iterator[Watch]:
    yield Watch(
        name="LambdaErrors",
        section="Lambda errors",
        says="Invocations of a function ended in an error.",
        metric=together(
            of_functions(stage, "Errors", functions=WATCHED), "errors of all functions"
        ),
        above=0,
        takes_back=True,
    )
    yield Watch(
        name="LambdaThrottles",
        section="Lambda throttles",
        says="Lambda refused to start functions, as too many run.",
        metric=together(_waited_for(stage), "throttles of all functions"),
        above=0,
    )
    yield Watch(
        name="Timeouts",
        section="Lambda timeouts",
        says="A function was ended as its time was over.",
        metric=timeouts(stage),
        above=0,
    )


def _waited_for(stage: Stage) -> dict[str, cloudwatch.Metric]:
    """Throttles, but of what few call: an alarm is paid for by its metrics, and what throttles one
    function, the account's limit, throttles all.
    """
    found = of_functions(stage, "Throttles", functions=WATCHED)
    return {function: metric for function, metric in found.items() if function != ACCESS}


def timeouts(stage: Stage) -> cloudwatch.Metric:
    """What the filters of the functions' logs count."""
    return cloudwatch.Metric(
        namespace=f"Nexus/{stage.name}",
        metric_name="timeouts",
        statistic="Sum",
        period=Duration.minutes(5),
    )


def _schedule_watches(stage: Stage) -> Iterator[Watch]:
    schedules = {"reindex": stage.reindex_schedule, "backup": stage.backup_schedule}
    for function, expression in schedules.items():
        title = function.capitalize()
        yield Watch(
            name=f"{title}Failures",
            section=f"{title} failures",
            says=f"A run of {_runs_of(function)}, or its start, failed for good.",
            metric=cloudwatch.Metric(
                namespace="AWS/SQS",
                metric_name="ApproximateNumberOfMessagesVisible",
                dimensions_map={"QueueName": failures_name(stage, function)},
                statistic="Maximum",
                period=Duration.minutes(5),
            ),
            above=0,
        )
        if expression:
            yield _missed(stage, function, longest_silence(expression))


def _runs_of(function: str) -> str:
    return f"{function} or {CONNECT}" if function == "reindex" else function


def _missed(stage: Stage, function: str, silence: Silence) -> Watch:
    title = function.capitalize()
    runs = own(stage, f"{function}_invocations", minutes=60 * silence.hours)
    length = f"{silence.hours * silence.periods} hours" if silence.hours == 1 else "seven days"
    return Watch(
        name=f"Missed{title}",
        section=f"Missed {function}",
        says=f"No run of {function} came to its end within {length}.",
        # Filled: an alarm on a long period waits for several that are missing before it says so.
        metric=together({"runs": runs}, f"runs of {function}"),
        below=1,
        most=silence.periods,
        of=silence.periods,
        silence_is_bad=True,
    )
