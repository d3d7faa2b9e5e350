"""How the API is served: what is logged of each request, and how often anyone may ask."""

from __future__ import annotations

import json
from collections.abc import Iterable

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs

from cdk.functions.routes import Route
from cdk.stages import Stage

STAGE_NAME = "live"
# Resource paths, not paths: these name no conversation. Numbers are texts, as one that is absent
# is written "-".
_ACCESS_LOG = json.dumps(
    {
        "request_id": "$context.requestId",
        "time": "$context.requestTimeEpoch",
        "method": "$context.httpMethod",
        "resource": "$context.resourcePath",
        "status": "$context.status",
        "key_id": "$context.identity.apiKeyId",
        "latency_ms": "$context.responseLatency",
        "function_ms": "$context.integrationLatency",
        "bytes": "$context.responseLength",
        "error": "$context.error.responseType",
        "trace": "$context.xrayTraceId",
    }
)


def deployment(
    stage: Stage, log: logs.ILogGroup, keyless: Iterable[Route]
) -> apigateway.StageOptions:
    """The options of the stage `live`: tracing, JSON access log without query strings or bodies.

    Routes that need no key are throttled for all who call them together.
    """
    return apigateway.StageOptions(
        stage_name=STAGE_NAME,
        tracing_enabled=True,
        # Each method's own metrics cost $0.30 a month each; the API's are free, and the access log
        # tells the rest.
        metrics_enabled=False,
        # Errors only and never bodies: a body holds a question.
        logging_level=apigateway.MethodLoggingLevel.ERROR,
        data_trace_enabled=False,
        access_log_destination=apigateway.LogGroupLogDestination(log),
        access_log_format=apigateway.AccessLogFormat.custom(_ACCESS_LOG),
        # Keyed routes have their plans; these have nothing else in front of the function.
        method_options={
            f"{route.path}/{route.method}": apigateway.MethodDeploymentOptions(
                metrics_enabled=False,
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,
                throttling_rate_limit=stage.keyless_rate,
                throttling_burst_limit=stage.keyless_burst,
            )
            for route in keyless
        },
    )
