"""A stage of another region stands by: it gets the documents, and the callers when the first fails.

Both are stages of cdk.json; what each has of the other is in its configuration.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cdk.documents_bucket import PREFIX
from cdk.stages import Stage, StageError, read_stage
from tests.bench.idle_bill import Stored, charges_of, dollars
from tests.infrastructure.assembly import PINECONE_HOST, configuration
from tests.infrastructure.changes import Templates, synthesized, without_packages

NAME, ZONE = "nexus.example.org", "Z0123456789ABC"
REPLICA = "nexus-standby-data-documentsbucket-1a2b3c"
CHECK = "https://abc123.execute-api.eu-west-1.amazonaws.com/live/ready"
_SHARED = {"domain_name": NAME, "hosted_zone": ZONE, "pinecone_host": PINECONE_HOST}


def _certificate(region: str) -> str:
    return f"arn:aws:acm:{region}:123456789012:certificate/0f1e2d3c-4b5a"


FIRST = {
    **_SHARED,
    "region": "eu-west-1",
    "certificate_arn": _certificate("eu-west-1"),
    "replica_bucket": REPLICA,
    "failover": "primary",
    "failover_check": CHECK,
}
STANDBY = {
    **_SHARED,
    "region": "eu-central-1",
    "certificate_arn": _certificate("eu-central-1"),
    "failover": "secondary",
}


def stage(name: str, **given: str) -> Stage:
    return read_stage(name, {**configuration("prod"), **given})


@pytest.fixture(scope="module")
def regions(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    folder: Path = tmp_path_factory.mktemp("standby")
    with without_packages(folder / "package"):
        first = synthesized(stage("prod", **FIRST), folder)
        return {**first, **synthesized(stage("standby", **STANDBY), folder)}


def of_kind(regions: Templates, stack: str, kind: str) -> dict[str, dict[str, Any]]:
    resources = regions[f"nexus-{stack}"]["Resources"]
    return {name: one for name, one in resources.items() if one["Type"] == f"AWS::{kind}"}


def documents(regions: Templates, name: str) -> tuple[str, dict[str, Any]]:
    found = of_kind(regions, f"{name}-data", "S3::Bucket")
    [(logical, one)] = [(key, one) for key, one in found.items() if "Documents" in key]
    return logical, one["Properties"]


def test_documents_and_their_delete_markers_are_copied_to_the_standby(regions: Templates) -> None:
    _, bucket = documents(regions, "prod")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    [rule] = bucket["ReplicationConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["Filter"] == {"Prefix": PREFIX}
    assert rule["DeleteMarkerReplication"] == {"Status": "Enabled"}
    assert REPLICA in json.dumps(rule["Destination"])


def test_the_standby_takes_replicas_in_and_indexes_them_and_sends_none_back(
    regions: Templates,
) -> None:
    _, bucket = documents(regions, "standby")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "ReplicationConfiguration" not in bucket
    told = bucket["NotificationConfiguration"]["QueueConfigurations"]
    assert {one["Event"] for one in told} == {"s3:ObjectCreated:*", "s3:ObjectRemoved:*"}


def test_the_role_of_the_replication_copies_documents_there_and_can_do_nothing_else(
    regions: Templates,
) -> None:
    logical, bucket = documents(regions, "prod")
    roles = of_kind(regions, "prod-data", "IAM::Role")
    [(name, role)] = [(key, one) for key, one in roles.items() if "Replication" in key]
    assert bucket["ReplicationConfiguration"]["Role"] == {"Fn::GetAtt": [name, "Arn"]}
    [trusted] = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "s3.amazonaws.com"}
    assert "ManagedPolicyArns" not in role["Properties"]
    assert "Policies" not in role["Properties"]
    policies = of_kind(regions, "prod-data", "IAM::Policy").values()
    [policy] = [one for one in policies if {"Ref": name} in one["Properties"]["Roles"]]
    statements = policy["Properties"]["PolicyDocument"]["Statement"]
    arn = {"Fn::GetAtt": [logical, "Arn"]}
    replica = ["arn:", {"Ref": "AWS::Partition"}, f":s3:::{REPLICA}/{PREFIX}*"]
    assert [(set(one["Action"]), one["Resource"]) for one in statements] == [
        ({"s3:GetReplicationConfiguration", "s3:ListBucket"}, arn),
        (
            {
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionTagging",
            },
            {"Fn::Join": ["", [arn, f"/{PREFIX}*"]]},
        ),
        (
            {"s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"},
            {"Fn::Join": ["", replica]},
        ),
    ]


def test_both_regions_have_one_name_with_a_record_each(regions: Templates) -> None:
    [first] = of_kind(regions, "prod-data", "Route53::RecordSet").values()
    [second] = of_kind(regions, "standby-data", "Route53::RecordSet").values()
    for record in (first, second):
        assert (record["Properties"]["Name"], record["Properties"]["Type"]) == (NAME, "A")
        assert record["Properties"]["HostedZoneId"] == ZONE
        assert "AliasTarget" in record["Properties"]
    assert first["Properties"]["Failover"] == "PRIMARY"
    assert second["Properties"]["Failover"] == "SECONDARY"
    # Two records of one name need names of their own.
    assert first["Properties"]["SetIdentifier"] != second["Properties"]["SetIdentifier"]
    assert "HealthCheckId" not in second["Properties"]
    for name in ("prod", "standby"):
        [mapping] = of_kind(regions, f"{name}-service", "ApiGateway::BasePathMapping").values()
        assert mapping["Properties"]["DomainName"] == NAME


def test_the_first_region_is_asked_for_its_readiness_at_its_own_address(regions: Templates) -> None:
    [(name, check)] = of_kind(regions, "prod-data", "Route53::HealthCheck").items()
    config = check["Properties"]["HealthCheckConfig"]
    assert config == {
        "Type": "HTTPS",
        "FullyQualifiedDomainName": "abc123.execute-api.eu-west-1.amazonaws.com",
        "ResourcePath": "/live/ready",
        "Port": 443,
        "EnableSNI": True,
        "RequestInterval": 30,
        "FailureThreshold": 3,
        "Regions": ["us-east-1", "eu-west-1", "ap-southeast-1"],
    }
    [record] = of_kind(regions, "prod-data", "Route53::RecordSet").values()
    assert record["Properties"]["HealthCheckId"] == {"Fn::GetAtt": [name, "HealthCheckId"]}
    # What is asked needs no key, and is where the API has it.
    api = regions["nexus-prod-service"]["Resources"]
    [live] = [one for one in api.values() if one["Type"] == "AWS::ApiGateway::Stage"]
    [(ready, _)] = [
        (key, one)
        for key, one in api.items()
        if one.get("Properties", {}).get("PathPart") == "ready"
    ]
    asked = [
        one["Properties"]
        for one in of_kind(regions, "prod-service", "ApiGateway::Method").values()
        if one["Properties"]["ResourceId"] == {"Ref": ready}
        and one["Properties"]["HttpMethod"] == "GET"
    ]
    assert [one["ApiKeyRequired"] for one in asked] == [False]
    assert config["ResourcePath"] == f"/{live['Properties']['StageName']}/ready"


def test_the_two_stages_have_no_name_of_the_account_in_common(regions: Templates) -> None:
    def names(stage_name: str) -> set[str]:
        return {
            str(value)
            for stack in ("data", "service")
            for kind, field in (
                ("CloudWatch::Dashboard", "DashboardName"),
                ("IAM::Role", "RoleName"),
                ("S3::Bucket", "BucketName"),
            )
            for one in of_kind(regions, f"{stage_name}-{stack}", kind).values()
            if (value := one["Properties"].get(field))
        }

    assert names("prod")
    assert not names("prod") & names("standby")


def test_no_table_is_another_one_because_a_stage_stands_by(
    regions: Templates, tmp_path: Path
) -> None:
    with without_packages(tmp_path / "package"):
        alone = synthesized(
            stage("prod", pinecone_host=PINECONE_HOST, region="eu-west-1"), tmp_path
        )
    assert of_kind(regions, "prod-data", "DynamoDB::Table") == of_kind(
        alone, "prod-data", "DynamoDB::Table"
    )


def test_alone_a_stage_has_none_of_it(tmp_path: Path) -> None:
    alone = {key: FIRST[key] for key in (*_SHARED, "region", "certificate_arn")}
    with without_packages(tmp_path / "package"):
        made = synthesized(stage("prod", **alone), tmp_path)
    text = json.dumps(made["nexus-prod-data"])
    assert not of_kind(made, "prod-data", "Route53::HealthCheck")
    assert not [word for word in ("Replication", "Failover", "SetIdentifier") if word in text]


def test_what_the_first_region_pays_for_the_standby_is_told_in_the_document(
    regions: Templates, tmp_path: Path
) -> None:
    alone = {key: FIRST[key] for key in (*_SHARED, "region", "certificate_arn")}
    with without_packages(tmp_path / "package"):
        made = synthesized(stage("prod", **alone), tmp_path)

    def bill(templates: Templates) -> float:
        stacks = [templates[f"nexus-prod-{stack}"]["Resources"] for stack in ("data", "service")]
        return dollars([one for stack in stacks for one in charges_of(stack, Stored())])

    more = bill(regions) - bill(made)
    document = Path(__file__).parents[2] / "docs" / "operations.md"
    assert f"${more:.2f} a month" in document.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"failover": "third"}, "failover"),
        ({"hosted_zone": ""}, "hosted_zone"),
        ({"failover_check": ""}, "failover_check must name"),
        ({"failover": ""}, "failover_check needs a failover"),
        ({"failover_check": "http://abc123.example.org/ready"}, "failover_check must be"),
        ({"failover_check": "https://abc123.example.org:443/ready"}, "failover_check must be"),
        ({"failover_check": "https://abc123.example.org/ready?key=1"}, "failover_check must be"),
        ({"failover_check": "https://user@abc123.example.org/ready"}, "failover_check must be"),
        ({"failover_check": "https://[::1/ready"}, "failover_check must be"),
        ({"failover_check": f"https://{NAME}/ready"}, "not the domain of both"),
        ({"replica_bucket": "arn:aws:s3:::bucket"}, "replica_bucket"),
        ({"replica_bucket": "bucket/*"}, "replica_bucket"),
    ],
)
def test_what_could_not_work_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(StageError, match=said):
        stage("prod", **{**FIRST, **given})


def test_the_local_stage_has_no_replica() -> None:
    with pytest.raises(StageError, match="replica_bucket"):
        read_stage("local", {**configuration("local"), "replica_bucket": REPLICA})
