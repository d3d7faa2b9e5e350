"""One Lambda function with a role and an alias of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk import packaging
from cdk.bytecode import Target
from cdk.findings import acknowledge
from cdk.functions.layers import architecture, asset, runtime
from cdk.functions.rights import allow_secret
from cdk.functions.routes import Route
from cdk.stages import AUTHORIZER, TRACED, Stage

ALIAS = "live"


def address(stage: Stage, name: str) -> str:
    """The function's name with its alias, fixed so that a function can be told its own."""
    return f"nexus-{stage.name}-{name}:{ALIAS}"


class LambdaFunction(Construct):
    """Runs `functions.<name>.handler.handler`; callers use the alias `live`.

    With `code` it has another function's folder, and with `handler` another start. One that
    `streams` sends its answers while they are made. The folder `agents` of the project stands
    beside its own. The API starts it by its `routes`; a new version of one that is released
    `at_once` has all callers, whatever the stage says. A `recursive` function may start itself
    again and again. `reserved_concurrency` executions at once are kept for it and are its most; 0
    keeps none.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        log_group: logs.ILogGroup,
        memory_mb: int,
        timeout_s: int,
        layers: Sequence[lambda_.ILayerVersion],
        environment: Mapping[str, str],
        routes: Sequence[Route] = (),
        recursive: bool = False,
        reserved_concurrency: int = 0,
        code: str = "",
        handler: str = "",
        streams: bool = False,
        agents: str = "",
        at_once: bool = False,
    ) -> None:
        super().__init__(scope, name.capitalize())
        # The version before stays for a day, for `nexus rollback`; the nightly run removes it, with
        # what its snapshot costs. One of a deployment that failed goes at once.
        former = lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        self.named = name
        self.address = address(stage, name)
        self.routes = tuple(routes)
        self.streams = streams
        self._at_once = at_once
        folder = packaging.function_code(
            code or name, Target(stage.architecture, stage.python), agents
        )
        function_name = self.address.removesuffix(f":{ALIAS}")
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=function_name,
            runtime=runtime(stage),
            architecture=architecture(stage),
            handler=handler or f"functions.{name}.handler.handler",
            code=asset(folder),
            layers=list(layers),
            memory_size=memory_mb,
            timeout=Duration.seconds(timeout_s),
            role=self.role,
            environment=dict(environment),
            log_group=log_group,
            tracing=lambda_.Tracing.ACTIVE,
            current_version_options=former,
            # Lambda ends a chain of self-invocations after 16 unless it is told that it is meant.
            recursive_loop=lambda_.RecursiveLoop.ALLOW if recursive else None,
            reserved_concurrent_executions=reserved_concurrency or None,
            snap_start=(
                lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if name in stage.snap_start else None
            ),
        )
        self.alias = lambda_.Alias(
            self, "Live", alias_name=ALIAS, version=self.function.current_version
        )
        if stage.traces_headers_secret and name in TRACED:
            allow_secret(self.role, stage.traces_headers_secret)
        acknowledge(
            self.role,
            "IAM5[Resource::*]",
            "X-Ray's two write actions and CloudWatch's GetMetricData take no resource; everything "
            "else in the role names one.",
        )
        acknowledge(
            self.function,
            "L1",
            "The layers hold compiled code and bytecode for exactly this version of Python.",
        )

    @property
    def is_tried(self) -> bool:
        """Whether a new version is tried by a tenth of the callers: the API waits for it."""
        return (bool(self.routes) or self.named == AUTHORIZER) and not self._at_once

    @property
    def output(self) -> str:
        """The stack's output that says the address, such as "ChatFunction"."""
        return f"{self.node.id}Function"
