"""Releases that take themselves back: a new version gets a tenth of the callers, then all, or none.

CodeDeploy moves the alias `live` of each function behind the gateway. First the readiness function
asks the new versions; then one request in ten goes to them for five minutes; and an alarm that is
on meanwhile leads back to the version before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from aws_cdk import ArnFormat, CfnResource, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk.findings import acknowledge
from cdk.functions.lambda_function import ALIAS, LambdaFunction
from cdk.functions.readiness import Readiness
from cdk.functions.rights import allow
from cdk.monitoring.alarms import add_alarm
from cdk.monitoring.release_alarms import release_watch
from cdk.stages import READINESS, Stage

# Each release asks in an execution of its own: an account of ten has room for so many at once.
_AT_ONCE = 2


class Releases(Construct):
    """Of these functions, by their names; `alarms` of the stage take each of them back."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        functions: Mapping[str, LambdaFunction],
        log_group: logs.ILogGroup,
        topic: sns.ITopic,
        alarms: Sequence[cloudwatch.Alarm],
    ) -> None:
        super().__init__(scope, name)
        self.application = codedeploy.LambdaApplication(
            self, "Application", application_name=f"nexus-{stage.name}"
        )
        self._readiness = Readiness(
            self,
            "Readiness",
            stage=stage,
            log_group=log_group,
            released={one: functions[one].function.current_version for one in functions},
        )
        self._role = self._shifting(stage, functions)
        for function, made in functions.items():
            watch = release_watch(stage, function, made.function.current_version)
            self._group(function, made, [add_alarm(self, stage, topic, watch), *alarms])
        aliases = [_alias(made) for made in functions.values()]
        for before, after in zip(aliases, aliases[_AT_ONCE:], strict=False):
            after.add_dependency(before)

    def _group(
        self, name: str, function: LambdaFunction, alarms: Sequence[cloudwatch.Alarm]
    ) -> None:
        group = codedeploy.LambdaDeploymentGroup(
            self,
            name.capitalize(),
            application=self.application,
            deployment_group_name=name,
            alias=function.alias,
            deployment_config=codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
            alarms=list(alarms),
            auto_rollback=codedeploy.AutoRollbackConfig(
                failed_deployment=True, stopped_deployment=True, deployment_in_alarm=True
            ),
            # CDK would add a policy of AWS's that may move the aliases of all functions.
            role=self._role.without_policy_updates(),
            pre_hook=self._readiness.function,
        )
        allow(self._readiness.role, "codedeploy", ("GetDeployment",), group.deployment_group_arn)
        # A reference in an update policy alone orders nothing.
        _alias(function).node.add_dependency(group, self._readiness)

    def _shifting(self, stage: Stage, functions: Mapping[str, LambdaFunction]) -> iam.Role:
        """What CodeDeploy may: what AWS's own policy for it holds, of these functions alone.

        https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForLambdaLimited.html,
        without topics and buckets, which no deployment of CloudFormation's uses.
        """

        def arn(function: str) -> str:
            return Stack.of(self).format_arn(
                service="lambda",
                resource="function",
                resource_name=f"nexus-{stage.name}-{function}",
                arn_format=ArnFormat.COLON_RESOURCE_NAME,
            )

        aliases = [f"{arn(one)}{end}" for one in functions for end in ("", f":{ALIAS}")]
        moving = ("GetAlias", "UpdateAlias", "GetProvisionedConcurrencyConfig")
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"),
            # In the role itself, so that there is no group before its rights.
            inline_policies={
                "Shifting": iam.PolicyDocument(
                    statements=[
                        iam.PolicyStatement(
                            actions=[f"lambda:{action}" for action in moving], resources=aliases
                        ),
                        iam.PolicyStatement(
                            actions=["lambda:InvokeFunction"], resources=[arn(READINESS)]
                        ),
                        iam.PolicyStatement(actions=["cloudwatch:DescribeAlarms"], resources=["*"]),
                    ]
                )
            },
        )
        acknowledge(
            role,
            "IAM5[Resource::*]",
            "CloudWatch lists alarms by a call on all of them, which shows states and no data.",
        )
        return role


def _alias(function: LambdaFunction) -> CfnResource:
    return cast(CfnResource, function.alias.node.default_child)
