"""The readiness function: asks new versions whether they work, before callers get them."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk import packaging
from cdk.bytecode import Target
from cdk.findings import acknowledge
from cdk.functions import rights
from cdk.functions.layers import architecture, asset, runtime
from cdk.stages import READINESS, Stage

# Three tries of two versions, of which each may hang for 45 s; functions/readiness/asking.py.
_TIMEOUT_S = 300


class Readiness(Construct):
    """Told by CodeDeploy to ask, it asks the versions of this deployment.

    No alias and no layer: nothing of a release may keep it from judging that release.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        log_group: logs.ILogGroup,
        released: Mapping[str, lambda_.IVersion],
    ) -> None:
        super().__init__(scope, name)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(self.role)
        for function in released:
            self._allow_asking(f"nexus-{stage.name}-{function}", stage)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=f"nexus-{stage.name}-{READINESS}",
            runtime=runtime(stage),
            architecture=architecture(stage),
            handler=f"functions.{READINESS}.handler.handler",
            code=asset(
                packaging.function_code(READINESS, Target(stage.architecture, stage.python))
            ),
            memory_size=256,
            timeout=Duration.seconds(_TIMEOUT_S),
            role=self.role,
            environment={
                "NEXUS_RELEASED": ",".join(one.function_arn for one in released.values()),
                "AWS_SDK_UA_APP_ID": f"nexus-{stage.name}-{READINESS}",
            },
            log_group=log_group,
        )
        acknowledge(self.function, "L1", "The version of Python that the stage's functions have.")

    def _allow_asking(self, function: str, stage: Stage) -> None:
        """Any version of one function: the right must not be as new as the version."""
        arn = Stack.of(self).format_arn(
            service="lambda",
            resource="function",
            resource_name=f"{function}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        rights.allow(self.role, "lambda", ("InvokeFunction",), arn)
        shown = f"arn:<AWS::Partition>:lambda:{stage.region or '<AWS::Region>'}"
        shown += f":{stage.account or '<AWS::AccountId>'}:function:"
        acknowledge(
            self.role,
            f"IAM5[Resource::{shown}{function}:*]",
            "Versions are numbered as they are published; only those of one function.",
        )
