"""What the gateway writes of each request: one JSON line, without query strings or bodies."""

from __future__ import annotations

import json

# Resource paths, not paths: these name no conversation. Numbers are texts, as one that is absent
# is written "-".
ACCESS_LOG = json.dumps(
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
