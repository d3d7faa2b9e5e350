"""What judges the newest version of a function while a release gives it a tenth of the callers.

The other alarms watch a stage as a whole: ten failures in a hundred of a tenth of the requests are
one in a hundred to them. AWS's own metrics know a version (Lambda Developer Guide, "Viewing metrics
for Lambda functions": by `ExecutedVersion`, to compare the two versions of a weighted alias), but
not an answer that is a 5xx: to Lambda, that is an invocation that went well. So functions report of
their version, in one metric, whether they failed a caller or let one wait for too long; and
invocations that did end in an error are watched for all functions ("Lambda errors").
"""

from __future__ import annotations

from aws_cdk import aws_lambda as lambda_

from cdk.monitoring.alarms import Watch
from cdk.monitoring.measured import own
from cdk.stages import Stage

# Of each minute's requests. One in twenty too slow is a 95th percentile above the limit.
_SHARE = 0.05


def release_watch(stage: Stage, function: str, version: lambda_.IVersion) -> Watch:
    """The alarm on the newest version of a function.

    Two minutes of five, each with its share: one failure alone is chance.
    """
    title = function.capitalize()
    return Watch(
        name=f"{title}Release",
        section=f"{title} release",
        says=f"More than 5 % of what the newest version of {function} answered was a 5xx, or came "
        "after more than 5 s, in two minutes of five.",
        metric=own(
            stage,
            "faults",
            minutes=1,
            statistic="Average",
            function=function,
            version=version.version,
        ),
        above=_SHARE,
        most=2,
        of=5,
        takes_back=True,
    )
