"""The functions' logs, which stay as long as the stage says, whatever becomes of the service."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.log_retention import retention
from cdk.stages import ACCESS, FUNCTIONS, READINESS, Stage


class FunctionLogs(Construct):
    """A log group for each function, by its name, and one for what the API was asked.

    That of what asks new versions is there whether releases ask or not (docs/aws.md, "Two stacks").

    They have no names of their own: a stack that is made anew beside the kept logs of another must
    not find its names taken.
    """

    def __init__(
        self, scope: Construct, name: str, *, stage: Stage, removal: RemovalPolicy
    ) -> None:
        super().__init__(scope, name)
        self.groups = {
            named: self._group(
                "AccessFunction" if named == ACCESS else named.capitalize(), stage, removal
            )
            for named in (*FUNCTIONS, READINESS)
        }
        # Of the id that it had before there was a function of that name: it is the same log.
        self.gateway = self._group("Access", stage, removal)

    def _group(self, name: str, stage: Stage, removal: RemovalPolicy) -> logs.LogGroup:
        return logs.LogGroup(self, name, retention=retention(stage), removal_policy=removal)
