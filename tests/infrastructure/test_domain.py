"""The API's own domain: it is in the stack that stays, and the service stack only points to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk.stages import read_stage
from tests.infrastructure.assembly import configuration
from tests.infrastructure.changes import Templates, synthesized, without_packages

NAME = "nexus.example.org"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0f1e2d3c-4b5a"
GIVEN = {"domain_name": NAME, "certificate_arn": CERTIFICATE, "hosted_zone": "Z0123456789ABC"}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    folder: Path = tmp_path_factory.mktemp("domain")
    with without_packages(folder / "package"):
        return synthesized(read_stage("prod", {**configuration("prod"), **GIVEN}), folder)


def of_kind(templates: Templates, stack: str, kind: str):
    resources = templates[f"nexus-prod-{stack}"]["Resources"]
    return {name: one for name, one in resources.items() if one["Type"] == f"AWS::{kind}"}


def test_the_domain_and_its_record_outlive_the_service_stack(templates):
    [(name, domain)] = of_kind(templates, "data", "ApiGateway::DomainName").items()
    assert domain["Properties"] == {
        "DomainName": NAME,
        "RegionalCertificateArn": CERTIFICATE,
        "EndpointConfiguration": {"Types": ["REGIONAL"]},
        "SecurityPolicy": "TLS_1_2",
        "Tags": [{"Key": "project", "Value": "nexus"}, {"Key": "stage", "Value": "prod"}],
    }
    [record] = of_kind(templates, "data", "Route53::RecordSet").values()
    assert record["Properties"]["Name"] == NAME
    assert record["Properties"]["HostedZoneId"] == "Z0123456789ABC"
    assert record["Properties"]["AliasTarget"] == {
        "DNSName": {"Fn::GetAtt": [name, "RegionalDomainName"]},
        "HostedZoneId": {"Fn::GetAtt": [name, "RegionalHostedZoneId"]},
    }
    outputs = templates["nexus-prod-data"]["Outputs"]
    assert outputs["DomainTarget"]["Value"] == {"Fn::GetAtt": [name, "RegionalDomainName"]}


def test_the_service_stack_maps_the_domain_by_its_name_and_tells_it_as_the_url(templates):
    assert not of_kind(templates, "service", "ApiGateway::DomainName")
    [mapping] = of_kind(templates, "service", "ApiGateway::BasePathMapping").values()
    [api] = of_kind(templates, "service", "ApiGateway::RestApi")
    [live] = of_kind(templates, "service", "ApiGateway::Stage")
    assert mapping["Properties"] == {
        "DomainName": NAME,
        "RestApiId": {"Ref": api},
        "Stage": {"Ref": live},
    }
    assert templates["nexus-prod-service"]["Outputs"]["ApiUrl"]["Value"] == f"https://{NAME}/"


def test_without_a_hosted_zone_the_record_is_the_operator_s(tmp_path):
    given = {**GIVEN, "hosted_zone": ""}
    with without_packages(tmp_path / "package"):
        made = synthesized(read_stage("prod", {**configuration("prod"), **given}), tmp_path)
    assert not of_kind(made, "data", "Route53::RecordSet")
    assert "DomainTarget" in made["nexus-prod-data"]["Outputs"]
