"""Sends what the functions log on to a stream, where error tracking or an archive reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.stages import Stage

_SERVICE = re.compile(r"arn:[^:]+:(kinesis|firehose):")
# What CloudWatch Logs calls of each:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
_ACTIONS = {
    "kinesis": ("kinesis:PutRecord",),
    "firehose": ("firehose:PutRecord", "firehose:PutRecordBatch"),
}
# Any of these words, as the level of a function's own line or in what Lambda writes of one
# that it ended: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
PATTERNS = {
    "errors": '?ERROR ?CRITICAL ?"Task timed out after" ?"Runtime exited"',
    "all": "",
}


class LogExport(Construct):
    """A subscription of each function's log group, with one role that may write to the stream."""

    def __init__(
        self, scope: Construct, name: str, *, stage: Stage, groups: Mapping[str, logs.LogGroup]
    ) -> None:
        super().__init__(scope, name)
        found = _SERVICE.match(stage.log_stream_arn)
        if found is None:
            raise ValueError("A stage without a stream has no log export.")
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("logs.amazonaws.com").with_conditions(
                {"ArnLike": {"aws:SourceArn": [group.log_group_arn for group in groups.values()]}}
            ),
        )
        role.add_to_policy(
            iam.PolicyStatement(actions=list(_ACTIONS[found[1]]), resources=[stage.log_stream_arn])
        )
        for function, group in groups.items():
            subscription = logs.CfnSubscriptionFilter(
                self,
                function.capitalize(),
                log_group_name=group.log_group_name,
                destination_arn=stage.log_stream_arn,
                role_arn=role.role_arn,
                filter_pattern=PATTERNS[stage.log_export],
            )
            # CloudWatch Logs tries to write when it is made.
            subscription.node.add_dependency(role)
