"""Publishes the built page into its bucket, with what this deployment has it call.

CDK's own construct for it (aws_s3_deployment) would run the AWS CLI in a function that may do more
than this, removes at once what an open page is still to load, and cannot run on this machine. The
function here is ours, as all of a stage's are: it may write into one bucket, and read one archive.
"""

from __future__ import annotations

from aws_cdk import CustomResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from cdk import packaging
from cdk.bytecode import Target
from cdk.data_stack import DataStack
from cdk.findings import acknowledge
from cdk.functions import rights
from cdk.functions.layers import architecture, asset, runtime
from cdk.log_retention import retention
from cdk.page import Page
from cdk.page_config import page_config
from cdk.page_policy import content_policy, origins_of
from cdk.sign_in import issuer
from cdk.stages import PAGE, ROOT, Stage

BUILT = ROOT / "web" / "dist"
_TIMEOUT_S = 120


class PublishedPage(Construct):
    """A resource of CloudFormation's: it changes with the page, and goes back when a release does.

    No alias and no layer: nothing but CloudFormation calls the function.
    """

    def __init__(
        self, scope: Construct, name: str, *, stage: Stage, data: DataStack, page: Page, api: str
    ) -> None:
        super().__init__(scope, name)
        archive = s3_assets.Asset(self, "Archive", path=str(BUILT))
        function = self._function(stage)
        self._grant(page, archive)
        config = page_config(
            stage,
            api=api,
            issuer=issuer(data, data.sign_in.pool),
            client_id=data.sign_in.client.user_pool_client_id,
            region=data.region,
        )
        called = [*origins_of(config), *_addresses(data)]
        published = CustomResource(
            self,
            "Files",
            resource_type="Custom::NexusPage",
            service_token=function.function_arn,
            service_timeout=Duration.seconds(_TIMEOUT_S + 60),
            properties={
                "Archive": {"Bucket": archive.s3_bucket_name, "Key": archive.s3_object_key},
                "Bucket": page.bucket.bucket_name,
                "Config": Stack.of(self).to_json_string(config),
                "Policy": content_policy(called, framers=None),
            },
        )
        published.node.add_dependency(self.role)

    def _function(self, stage: Stage) -> lambda_.Function:
        target = Target(stage.architecture, stage.python)
        log_group = logs.LogGroup(
            self, "Log", retention=retention(stage), removal_policy=RemovalPolicy.DESTROY
        )
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(self.role)
        function = lambda_.Function(
            self,
            "Function",
            function_name=f"nexus-{stage.name}-{PAGE}",
            runtime=runtime(stage),
            architecture=architecture(stage),
            handler=f"functions.{PAGE}.handler.handler",
            code=asset(packaging.function_code(PAGE, target)),
            memory_size=512,
            timeout=Duration.seconds(_TIMEOUT_S),
            role=self.role,
            environment={"AWS_SDK_UA_APP_ID": f"nexus-{stage.name}-{PAGE}"},
            log_group=log_group,
        )
        acknowledge(function, "L1", "The version of Python that the stage's functions have.")
        return function

    def _grant(self, page: Page, archive: s3_assets.Asset) -> None:
        stored = f"arn:{Stack.of(self).partition}:s3:::{archive.s3_bucket_name}"
        rights.allow(self.role, "s3", ("GetObject",), f"{stored}/{archive.s3_object_key}")
        rights.allow(self.role, "s3", ("ListBucket",), page.bucket.bucket_arn)
        every = page.bucket.arn_for_objects("*")
        rights.allow(self.role, "s3", ("GetObject", "PutObject", "DeleteObject"), every)
        rights.acknowledge_prefix(
            self.role, page.bucket, "", "The files of a page are named by its build."
        )


def _addresses(data: DataStack) -> tuple[str, str]:
    """Where the documents bucket is: signed URLs name it with its region, or without."""
    at = f"https://{data.documents.bucket_name}.s3"
    return f"{at}.{data.region}.{data.url_suffix}", f"{at}.{data.url_suffix}"
