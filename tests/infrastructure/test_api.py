"""The gateway: who may call what, how often, and what an error looks like."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.functions.chat_services import World
from tests.functions.gateway import chat_app as create_app
from tests.infrastructure.assembly import FUNCTIONS, configuration

# A template cannot tell paths apart: what OpenAI's clients read stands in every problem.
MEMBERS = ["type", "title", "status", "detail", "request_id", "error"]
# By https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
# but for what is commented.
GATEWAY_STATUSES = {
    "ACCESS_DENIED": 401,  # 403: a token that is not believed
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 503,  # 500: nothing could be decided, as where a table is down
    "BAD_REQUEST_PARAMETERS": 400,
    "BAD_REQUEST_BODY": 400,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 503,  # 504: the functions say 503 of what is down
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 404,  # 403: it is what an unknown path gets
    "QUOTA_EXCEEDED": 429,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}
REFERENCE = {"/", "/openapi.json", "/docs", "/docs/{asset}", "/redoc"}
KEYLESS = {"/health", "/api/health", "/ready", *REFERENCE}


def methods(assembly, stage: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Every method's properties by path and verb."""
    resources = assembly.resources(stage, "service", "ApiGateway::Resource")

    def path(reference) -> str:
        if "Ref" not in reference:
            return ""
        properties = resources[reference["Ref"]]["Properties"]
        return f"{path(properties['ParentId'])}/{properties['PathPart']}"

    found = [
        m["Properties"] for m in assembly.resources(stage, "service", "ApiGateway::Method").values()
    ]
    return {(path(p["ResourceId"]) or "/", p["HttpMethod"]): p for p in found}


def test_a_key_is_required_everywhere_but_on_health_and_reference(assembly, stage):
    found = methods(assembly, stage)
    served = {key: p for key, p in found.items() if key[1] != "OPTIONS"}
    assert {key for key, p in served.items() if not p.get("ApiKeyRequired")} == {
        (path, "GET") for path in KEYLESS
    }
    assert {key for key, p in served.items() if p.get("ApiKeyRequired")} == {
        ("/v1/chat", "POST"),
        ("/v1/search", "POST"),
        ("/v1/chat/stream", "POST"),
        ("/v1/chat/completions", "POST"),
        ("/v1/responses", "POST"),
        ("/v1/conversations", "GET"),
        ("/v1/conversations", "DELETE"),
        ("/v1/conversations/{id}", "GET"),
        ("/v1/conversations/{id}", "PATCH"),
        ("/v1/conversations/{id}", "DELETE"),
        ("/v1/conversations/{id}/export", "GET"),
        ("/v1/documents", "ANY"),
        ("/v1/documents/{proxy+}", "ANY"),
        ("/v1/analytics", "GET"),
        ("/v1/analytics/{proxy+}", "GET"),
        ("/v1/metrics", "GET"),
        ("/v1/clients", "ANY"),
        ("/v1/clients/{proxy+}", "ANY"),
        ("/v1/people", "ANY"),
        ("/v1/people/{proxy+}", "ANY"),
        ("/v1/groups", "GET"),
        ("/v1/audio", "POST"),
        ("/v1/audio/{id}", "GET"),
        ("/v1/audio/uploads", "POST"),
        ("/v1/{proxy+}", "ANY"),
        ("/{proxy+}", "ANY"),
    }


def test_documents_access_and_stream_have_their_own_routes_and_chat_all_others(assembly, stage):
    integrations = {
        path: p["Integration"]
        for (path, verb), p in methods(assembly, stage).items()
        if verb != "OPTIONS"
    }
    called = {path: json.dumps(one["Uri"]) for path, one in integrations.items()}
    assert {path for path, uri in called.items() if "DocumentsLive" in uri} == {
        "/v1/documents",
        "/v1/documents/{proxy+}",
        "/v1/analytics",
        "/v1/analytics/{proxy+}",
        "/v1/metrics",
    }
    assert {path for path, uri in called.items() if "AccessLive" in uri} == {
        "/v1/clients",
        "/v1/clients/{proxy+}",
        "/v1/people",
        "/v1/people/{proxy+}",
        "/v1/groups",
    }
    streamed = {path for path, uri in called.items() if "StreamLive" in uri}
    assert streamed == {"/v1/chat/stream", "/v1/chat/completions", "/v1/responses"}
    # An answer in pieces is passed on as it comes from there, and from nowhere else.
    modes = {path: one.get("ResponseTransferMode") for path, one in integrations.items()}
    assert {path for path, mode in modes.items() if mode == "STREAM"} == streamed
    owners = ("DocumentsLive", "AccessLive", "StreamLive", "AudioLive", "ChatLive")
    assert all(any(owner in uri for owner in owners) for uri in called.values())


def test_recordings_and_spoken_answers_pass_as_bytes_and_all_else_as_text(assembly, stage):
    api = assembly.only(stage, "service", "ApiGateway::RestApi")["Properties"]
    assert api["BinaryMediaTypes"] == ["multipart/form-data", "audio/*"]


@pytest.mark.parametrize(("path", "field"), [("/v1/chat", "message"), ("/v1/search", "query")])
def test_bodies_are_checked_before_the_function_runs(assembly, stage, path, field):
    post = methods(assembly, stage)[path, "POST"]
    validator = assembly.resources(stage, "service", "ApiGateway::RequestValidator")
    assert validator[post["RequestValidatorId"]["Ref"]]["Properties"]["ValidateRequestBody"] is True
    model = assembly.resources(stage, "service", "ApiGateway::Model")[
        post["RequestModels"]["application/json"]["Ref"]
    ]
    schema = model["Properties"]["Schema"]
    assert schema["type"] == "object"
    assert schema["required"] == [field]


def test_whoever_has_to_be_known_is_asked_for_by_the_authorizer(assembly, stage):
    [(name, authorizer)] = assembly.resources(stage, "service", "ApiGateway::Authorizer").items()
    properties = authorizer["Properties"]
    assert (properties["Type"], properties["AuthorizerResultTtlInSeconds"]) == ("REQUEST", 0)
    assert "AuthorizerLive" in json.dumps(properties["AuthorizerUri"])
    api = assembly.only(stage, "service", "ApiGateway::RestApi")["Properties"]
    assert api["ApiKeySourceType"] == "AUTHORIZER"
    for one in methods(assembly, stage).values():
        by = (one["AuthorizationType"], one.get("AuthorizerId"))
        asked = bool(one.get("ApiKeyRequired"))
        assert by == (("CUSTOM", {"Ref": name}) if asked else ("NONE", None))


def test_a_token_that_is_not_believed_is_answered_with_the_authorizer_s_sentence(assembly, stage):
    [denied] = [
        response["Properties"]
        for response in assembly.resources(stage, "service", "ApiGateway::GatewayResponse").values()
        if response["Properties"]["ResponseType"] == "ACCESS_DENIED"
    ]
    body = json.loads(denied["ResponseTemplates"]["application/json"])
    assert body["detail"] == "$context.authorizer.detail"
    told = denied["ResponseParameters"]["gatewayresponse.header.WWW-Authenticate"]
    assert told == "'Bearer error=\"invalid_token\"'"


def test_plans_limit_rate_burst_and_quota_as_the_stage_says(assembly, stage):
    configured = configuration(stage)
    for name in ("standard", "admin", "people"):
        plan = assembly.only(stage, "service", "ApiGateway::UsagePlan", f"Plans{name}")
        properties = plan["Properties"]
        assert properties["Throttle"] == {
            "RateLimit": configured[f"{name}_rate"],
            "BurstLimit": configured[f"{name}_burst"],
        }
        assert properties["Quota"] == {"Limit": configured[f"{name}_quota"], "Period": "DAY"}
        assert len(properties["ApiStages"]) == 1
    # The one key that is made here has no value in the template, and API Gateway makes it.
    key = assembly.only(stage, "service", "ApiGateway::ApiKey")["Properties"]
    assert "Value" not in key
    on_plan = assembly.only(stage, "service", "ApiGateway::UsagePlanKey")["Properties"]
    assert "Planspeople" in on_plan["UsagePlanId"]["Ref"]


def test_the_stage_logs_traces_and_throttles_what_needs_no_key(assembly, stage):
    properties = assembly.only(stage, "service", "ApiGateway::Stage")["Properties"]
    assert properties["StageName"] == "live"
    assert properties["TracingEnabled"] is True
    log = json.loads(properties["AccessLogSetting"]["Format"])
    assert {"request_id", "key_id", "status", "latency_ms"} <= set(log)
    assert not {"$context.path", "$context.identity.apiKey"} & set(log.values())
    settings = {s.get("ResourcePath"): s for s in properties["MethodSettings"]}
    assert all(s["DataTraceEnabled"] is False for s in settings.values())
    for path in KEYLESS:
        # The root is a slash alone in CloudFormation; other paths have theirs encoded.
        limited = settings["/" if path == "/" else "/" + path.replace("/", "~1")]
        assert limited["ThrottlingRateLimit"] == configuration(stage)["keyless_rate"]
        assert limited["ThrottlingBurstLimit"] == configuration(stage)["keyless_burst"]
    api = assembly.only(stage, "service", "ApiGateway::RestApi")["Properties"]
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert api["MinimumCompressionSize"] == 1024


def test_every_log_has_an_end(assembly, stage):
    groups = {
        name: group
        for stack in ("data", "service")
        for name, group in assembly.resources(stage, stack, "Logs::LogGroup").items()
    }
    # One for each function, the gateway's and its errors', and what publishes the page.
    own = len(FUNCTIONS) + (3 if stage == "local" else 4)
    assert len(groups) == own
    kept = {group["Properties"]["RetentionInDays"] for group in groups.values()}
    assert kept == {configuration(stage)["log_retention_days"]}


def test_the_gateway_s_errors_are_problem_json(assembly, stage):
    statuses = {}
    for response in assembly.resources(stage, "service", "ApiGateway::GatewayResponse").values():
        properties = response["Properties"]
        body = json.loads(properties["ResponseTemplates"]["application/json"])
        assert list(body) == [one for one in MEMBERS if one != "status" or "status" in body]
        assert body["request_id"] == "$context.requestId"
        assert body["detail"]
        assert list(body["error"]) == ["message", "type", "param", "code"]
        assert body["error"]["message"] == body["detail"]
        assert properties.get("StatusCode") == (str(body["status"]) if "status" in body else None)
        headers = properties["ResponseParameters"]
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        statuses[properties["ResponseType"]] = body.get("status")
    # A status of a default would be that of every type that has no line of its own: the 403 of a
    # web ACL, and whatever AWS adds.
    assert statuses == {**GATEWAY_STATUSES, "DEFAULT_4XX": None, "DEFAULT_5XX": None}


def test_the_gateway_and_a_function_refuse_a_key_in_the_same_words(assembly, stage):
    [refusal] = [
        response["Properties"]["ResponseTemplates"]["application/json"]
        for response in assembly.resources(stage, "service", "ApiGateway::GatewayResponse").values()
        if response["Properties"]["ResponseType"] == "INVALID_API_KEY"
    ]
    api = TestClient(create_app(World().services), headers={"x-api-key": "nx_nobody"})
    of_a_function = api.get("/v1/conversations/any")
    assert of_a_function.headers["content-type"] == "application/problem+json"
    told = {**of_a_function.json(), "request_id": "$context.requestId"}
    refused = json.loads(refusal)
    of_openai = refused.pop("error")
    assert list(told.items()) == list(refused.items())
    question = {"model": "nexus", "messages": [{"role": "user", "content": "When?"}]}
    assert api.post("/v1/chat/completions", json=question).json()["error"] == of_openai


def test_a_failure_of_the_gateway_as_of_a_throttled_function_says_when_to_try_again(
    assembly, stage
):
    for response in assembly.resources(stage, "service", "ApiGateway::GatewayResponse").values():
        properties = response["Properties"]
        after = properties["ResponseParameters"].get("gatewayresponse.header.Retry-After")
        failed = properties["ResponseType"] == "DEFAULT_5XX" or properties.get(
            "StatusCode", ""
        ).startswith("5")
        throttled = properties["ResponseType"] == "THROTTLED"
        assert (after is not None) is (failed or throttled), properties["ResponseType"]
        assert after is None or int(after.strip("'")) >= 1
        assert failed is (
            "Retry-After"
            in json.loads(properties["ResponseTemplates"]["application/json"])["detail"]
        )


def test_no_stack_sets_the_role_for_the_logs_of_all_apis_of_the_account(assembly, stage):
    for stack in ("data", "service"):
        kinds = {one["Type"] for one in assembly.template(stage, stack)["Resources"].values()}
        assert "AWS::ApiGateway::Account" not in kinds


def test_browsers_of_the_allowed_origins_may_call_and_read_errors(assembly, stage):
    origins = configuration(stage)["cors_origins"]
    preflights = {path for path, verb in methods(assembly, stage) if verb == "OPTIONS"}
    responses = assembly.resources(stage, "service", "ApiGateway::GatewayResponse").values()
    [allowed] = {
        json.dumps(
            r["Properties"]["ResponseParameters"][
                "gatewayresponse.header.Access-Control-Allow-Origin"
            ]
        )
        for r in responses
    }
    assert "/v1/chat" in preflights
    # The stage's own page, where AWS serves one.
    assert allowed == json.dumps(f"'{origins[0]}'") if origins else "PageDistribution" in allowed
