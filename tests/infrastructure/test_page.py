"""Where the page stands: who may read it, what a browser may do with it, and what is published."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cdk.page_config import page_config
from cdk.page_policy import content_policy, headers, origins_of
from cdk.stages import ROOT, StageError, read_stage
from tests.infrastructure.assembly import STAGES, Assembly, configuration
from tests.infrastructure.changes import synthesized, without_packages

ON_AWS = tuple(name for name in STAGES if name != "local")
INTRANET = "https://intranet.example.org"
OIDC = {
    "sign_in": "oidc",
    "oidc_issuer": "https://id.example.org",
    "oidc_keys_url": "https://id.example.org/keys",
    "oidc_audiences": ["nexus"],
    "oidc_revocation_url": "https://id.example.org/revoke",
    "oidc_authorization_url": "https://id.example.org/authorize",
    "oidc_token_url": "https://token.example.org/token",
    "oidc_sign_out_url": "https://id.example.org/logout",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Synthesizes a stage of cdk.json with other fields."""
    folder = tmp_path_factory.mktemp("pages")

    def make(name: str = "dev", **more: Any) -> dict[str, dict[str, Any]]:
        stage = read_stage(name, {**configuration(name), "pinecone_host": "https://x", **more})
        with without_packages(folder / "package"):
            return synthesized(stage, folder)

    return make


def of(templates: dict[str, dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [
        one.get("Properties", {})
        for template in templates.values()
        for one in template["Resources"].values()
        if one["Type"] == kind
    ]


def policies(templates: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = [
        one["ResponseHeadersPolicyConfig"]
        for one in of(templates, "AWS::CloudFront::ResponseHeadersPolicy")
    ]
    return {one["Name"].removeprefix("nexus-dev-"): one for one in found}


@pytest.mark.parametrize("stage", ON_AWS)
def test_the_bucket_is_read_by_its_distribution_alone_and_goes_with_the_stage(
    assembly: Assembly, stage: str
) -> None:
    bucket = assembly.only(stage, "data", "S3::Bucket", "Page")
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Delete", "Delete")
    policy = assembly.only(stage, "data", "S3::BucketPolicy", "Page")["Properties"]
    allowed = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]
    [reading] = allowed
    assert reading["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert reading["Action"] == "s3:GetObject"
    assert "PageDistribution" in json.dumps(reading["Condition"]["StringEquals"])


@pytest.mark.parametrize("stage", ON_AWS)
def test_it_is_read_over_https_and_written_by_nobody(assembly: Assembly, stage: str) -> None:
    found = assembly.only(stage, "data", "CloudFront::Distribution")["Properties"]
    config = found["DistributionConfig"]
    assert config["DefaultRootObject"] == "index.html"
    assert config["Enabled"] is True
    behaviours = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    for one in behaviours:
        assert one["ViewerProtocolPolicy"] == "redirect-to-https"
        assert one["AllowedMethods"] == ["GET", "HEAD"]
        assert one["ResponseHeadersPolicyId"]
    assert "OriginAccessControlId" in json.dumps(config["Origins"])
    assert assembly.outputs(stage) >= {"PageUrl", "PageBucket"}


def test_a_browser_is_told_to_frame_the_chat_alone_and_only_where_the_stage_says(made) -> None:
    said = policies(made(page_embedders=[INTRANET]))
    framed = said["embed-html"]["SecurityHeadersConfig"]
    assert f"frame-ancestors {INTRANET}" in framed["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert "FrameOptions" not in framed
    for name in ("index-html", "embed-js"):
        rest = said[name]["SecurityHeadersConfig"]
        policy = rest["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert rest["FrameOptions"]["FrameOption"] == "DENY"
        assert rest["StrictTransportSecurity"]["AccessControlMaxAgeSec"] > 31_536_000
    nobody = policies(made())["embed-html"]["SecurityHeadersConfig"]
    assert "frame-ancestors 'none'" in nobody["ContentSecurityPolicy"]["ContentSecurityPolicy"]


def test_the_page_s_origin_may_call_the_api_and_the_bucket_and_people_come_back_to_it(made) -> None:
    templates = made(sign_in="cognito", sign_in_domain="org-docs", region="eu-west-1")
    [client] = of(templates, "AWS::Cognito::UserPoolClient")
    for urls in (client["CallbackURLs"], client["LogoutURLs"]):
        [url] = urls
        assert "PageDistribution" in json.dumps(url)
        assert url["Fn::Join"][1][-1] == "/"
    [documents] = [
        one for one in of(templates, "AWS::S3::Bucket") if "NotificationConfiguration" in one
    ]
    [rule] = documents["CorsConfiguration"]["CorsRules"]
    assert "PageDistribution" in json.dumps(rule["AllowedOrigins"])
    told = {
        str(function["FunctionName"]).rpartition("-")[2]: variables["NEXUS_CORS_ORIGINS"]
        for function in of(templates, "AWS::Lambda::Function")
        if "NEXUS_CORS_ORIGINS" in (variables := function["Environment"]["Variables"])
    }
    assert set(told) == {"chat", "stream", "audio", "documents", "access"}
    assert all("PageDistribution" in json.dumps(origins) for origins in told.values())
    preflights = [
        one for one in of(templates, "AWS::ApiGateway::Method") if one["HttpMethod"] == "OPTIONS"
    ]
    assert preflights
    assert "PageDistribution" in json.dumps(preflights)


def test_what_is_published_calls_this_deployment_and_nothing_else(made) -> None:
    templates = made(
        sign_in="cognito",
        sign_in_domain="org-docs",
        region="eu-west-1",
        page_name="Ask us",
        page_colours={"accent": "#123456"},
        settings={"NEXUS_KEEP_QUESTIONS": "true"},
    )
    [published] = of(templates, "Custom::NexusPage")
    config = _joined(published["Config"])
    told = json.loads(config)
    assert (told["name"], told["colours"]) == ("Ask us", {"accent": "#123456"})
    assert told["keeps_questions"] is True
    assert told["sign_in"]["metadata"]["token_endpoint"] == (
        "https://org-docs.auth.eu-west-1.amazoncognito.com/oauth2/token"
    )
    policy = _joined(published["Policy"])
    [called] = [one for one in policy.split("; ") if one.startswith("connect-src")]
    assert called.split()[1:] == [
        "'self'",
        "https://GatewayApi.execute-api.eu-west-1.AWS::URLSuffix",
        "https://org-docs.auth.eu-west-1.amazoncognito.com",
        "https://Documents.s3.eu-west-1.AWS::URLSuffix",
        "https://Documents.s3.AWS::URLSuffix",
    ]
    assert "frame-ancestors" not in policy  # which a policy in the document cannot say


def _joined(value: Any) -> str:
    """A text of CloudFormation's, with a word for each reference."""
    parts = value["Fn::Join"][1] if isinstance(value, dict) else [value]
    return "".join(part if isinstance(part, str) else _word(json.dumps(part)) for part in parts)


def _word(reference: str) -> str:
    for word in ("GatewayApiDeployment", "GatewayApi", "DocumentsBucket", "AWS::URLSuffix"):
        if word in reference:
            return word.removesuffix("Bucket")
    return "reference"


@pytest.mark.parametrize("stage", ON_AWS)
def test_the_function_writes_into_the_page_s_bucket_and_reads_one_archive(
    assembly: Assembly, stage: str
) -> None:
    found: dict[str, str] = {}
    policy = assembly.only(stage, "service", "IAM::Policy", "PublishedPageRole")["Properties"]
    for statement in policy["PolicyDocument"]["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            found[action] = found.get(action, "") + json.dumps(statement["Resource"])
    assert set(found) == {
        *("logs:CreateLogStream", "logs:PutLogEvents", "s3:ListBucket"),
        *("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
    }
    assert "PageBucket" in found["s3:PutObject"]
    assert "PageBucket" in found["s3:DeleteObject"]
    assert "DocumentsBucket" not in json.dumps(found)
    assert ".zip" in found["s3:GetObject"]


def test_a_stage_without_a_page_publishes_none_and_trusts_no_origin(made) -> None:
    templates = made(page=False)
    assert of(templates, "Custom::NexusPage") == []
    [distribution] = of(templates, "AWS::CloudFront::Distribution")
    assert distribution["DistributionConfig"]["Enabled"] is False
    assert not any("CorsConfiguration" in one for one in of(templates, "AWS::S3::Bucket"))
    assert "PageUrl" not in json.dumps([one.get("Outputs") for one in templates.values()])


def test_this_machine_serves_the_page_itself(made) -> None:
    templates = made("local", page_url="http://127.0.0.1:4568", sign_in_url="http://127.0.0.1:4566")
    assert not of(templates, "AWS::CloudFront::Distribution")
    [client] = of(templates, "AWS::Cognito::UserPoolClient")
    assert "http://127.0.0.1:4568/" in client["CallbackURLs"]
    assert "http://127.0.0.1:4568/" in client["LogoutURLs"]


def test_a_provider_of_the_organisation_s_own_is_told_with_its_addresses() -> None:
    stage = read_stage("dev", {**configuration("dev"), **OIDC})
    config = page_config(stage, api="https://a.example/live/", issuer="", client_id="", region="")
    assert config["api"] == "https://a.example/live"
    assert config["sign_in"]["client_id"] == "nexus"
    assert config["sign_in"]["metadata"]["end_session_endpoint"] == OIDC["oidc_sign_out_url"]
    assert origins_of(config) == [
        *("https://a.example", "https://token.example.org", "https://id.example.org"),
    ]


def test_without_sign_in_the_page_asks_for_a_key_and_calls_the_api_alone() -> None:
    stage = read_stage("dev", configuration("dev"))
    config = page_config(stage, api="https://a.example", issuer="", client_id="", region="")
    assert config["sign_in"] is None
    assert origins_of(config) == ["https://a.example"]


def test_the_logo_is_in_the_configuration_for_no_other_origin_may_show_one() -> None:
    logo = {"page_logo": "web/public/icon.svg"}
    stage = read_stage("dev", {**configuration("dev"), **logo})
    config = page_config(stage, api="https://a.example", issuer="", client_id="", region="")
    assert config["logo"].startswith("data:image/svg+xml;base64,")
    assert "img-src 'self' blob: data:" in content_policy(())
    assert (ROOT / logo["page_logo"]).is_file()


def test_no_header_lets_a_script_in_that_is_not_a_file_of_the_page() -> None:
    for path in ("index.html", "embed.html", "embed.js", "assets/a.js"):
        policy = headers(path, ["https://a.example"], [INTRANET])["Content-Security-Policy"]
        directives = dict(one.split(" ", 1) for one in policy.split("; "))
        assert directives["default-src"] == "'none'"
        assert directives["script-src"] == "'self'"
        assert directives["style-src"] == "'self'"
        assert directives["base-uri"] == directives["form-action"] == "'none'"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"page_url": "http://127.0.0.1:1"}, "page_url must be empty"),
        ({"page_name": ""}, "page_name"),
        ({"page_name": "x" * 41}, "page_name"),
        ({"page_logo": "web/missing.svg"}, "page_logo must be a file"),
        ({"page_logo": "README.md"}, "page_logo must be the path of a picture"),
        ({"page_colours": {"accent": "red"}}, "#rrggbb"),
        ({"page_colours": {"ink": "#123456"}}, "accent or accent_dark"),
        ({"page_colours": "red"}, "texts by names"),
        ({"page_questions": {"fr": ["Quoi ?"]}}, "en or id"),
        ({"page_questions": {"en": ["a"] * 7}}, "at most 6"),
        ({"page_questions": {"en": ["a" * 121]}}, "at most 6"),
        ({"page_embedders": ["https://intranet.example.org/x"]}, "page_embedders"),
        ({"page_embedders": ["*"]}, "page_embedders"),
        ({"page_embedders": ["https://*.example.org"]}, "page_embedders"),
        ({"page_embedders": ["https://a.example.org; script-src *"]}, "page_embedders"),
        ({"sign_in": "cognito"}, "sign_in_domain"),
        ({**OIDC, "oidc_token_url": ""}, "oidc_token_url"),
        ({**OIDC, "oidc_authorization_url": "http://id"}, "oidc_authorization_url"),
        ({**OIDC, "oidc_sign_out_url": "javascript:1"}, "oidc_sign_out_url"),
    ],
)
def test_a_page_that_cannot_work_is_told_before_it_is_deployed(more, said) -> None:
    with pytest.raises(StageError, match=said):
        read_stage("dev", {**configuration("dev"), **more})
