"""The streaming function: the chat function's app, behind the Lambda Web Adapter."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk.data_stack import DataStack
from cdk.functions import chat
from cdk.functions.lambda_function import LambdaFunction
from cdk.functions.layers import Layers
from cdk.functions.routes import Route
from cdk.stages import STREAM, Stage

_ROUTES = (
    Route("POST", "/v1/chat/stream", requires="message"),
    Route("POST", "/v1/chat/completions"),
    Route("POST", "/v1/responses"),
)
# The adapter's layer of version 1.0.0, published by AWS in every region:
# https://aws.github.io/aws-lambda-web-adapter/getting-started/zip-packages.html
_ADAPTER = "arn:{partition}:lambda:{region}:753240598075:layer:LambdaAdapterLayer{kind}:27"
_KINDS = {"arm64": "Arm64", "x86_64": "X86"}
# https://aws.github.io/aws-lambda-web-adapter/configuration/environment-variables.html
_ADAPTER_VARIABLES = {
    "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
    "AWS_LWA_INVOKE_MODE": "response_stream",
    "AWS_LWA_PORT": "8080",
    # The server listens once it is ready to answer, so that no path has to say so.
    "AWS_LWA_READINESS_CHECK_PROTOCOL": "tcp",
}


def add(scope: Construct, stage: Stage, data: DataStack, layers: Layers) -> LambdaFunction:
    """Adds the function to a stack; it has chat's memory and time, as it does chat's work."""
    stream = LambdaFunction(
        scope,
        STREAM,
        stage=stage,
        log_group=data.logs[STREAM],
        memory_mb=stage.chat_memory_mb,
        timeout_s=stage.chat_timeout_s,
        layers=[*layers.of("stream"), _adapter(scope, stage)],
        environment={**chat.environment(stage, data, STREAM), **_ADAPTER_VARIABLES},
        routes=_ROUTES,
        code="chat",
        handler="functions/chat/run.sh",
        streams=True,
        agents=stage.agents,
    )
    chat.grant_answering(stream.role, stage, data)
    return stream


def _adapter(scope: Construct, stage: Stage) -> lambda_.ILayerVersion:
    stack = Stack.of(scope)
    named = _ADAPTER.format(
        partition=stack.partition, region=stack.region, kind=_KINDS[stage.lambda_architecture]
    )
    return lambda_.LayerVersion.from_layer_version_arn(scope, "WebAdapter", named)
