"""What the data stack promises of documents, queue, tables and secrets, in every stage."""

from __future__ import annotations

import json

import pytest

from tests.infrastructure.assembly import configuration

STATEFUL = ("S3::Bucket", "DynamoDB::Table", "SecretsManager::Secret")


def test_the_bucket_is_private_versioned_encrypted_and_tidy(assembly, stage):
    bucket = assembly.only(stage, "data", "S3::Bucket", "Documents")["Properties"]
    assert_private(bucket)
    rule, recordings = bucket["LifecycleConfiguration"]["Rules"]
    assert (recordings["Prefix"], recordings["ExpirationInDays"]) == ("audio/", 1)
    assert recordings["NoncurrentVersionExpiration"]["NoncurrentDays"] == 1
    assert rule["Status"] == "Enabled"
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_snapshots_are_as_private_and_expire_after_the_stage_s_days(assembly, stage):
    bucket = assembly.only(stage, "data", "S3::Bucket", "Backups")["Properties"]
    assert_private(bucket)
    snapshots, uploads = bucket["LifecycleConfiguration"]["Rules"]
    assert snapshots["Prefix"] == "backups/"
    assert snapshots["ExpirationInDays"] == configuration(stage)["backup_retention_days"]
    assert snapshots["NoncurrentVersionExpiration"]["NoncurrentDays"] == 7
    assert uploads["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert {snapshots["Status"], uploads["Status"]} == {"Enabled"}


def assert_private(bucket):
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    [encryption] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_browsers_of_the_allowed_origins_may_use_signed_urls(assembly, stage):
    bucket = assembly.only(stage, "data", "S3::Bucket", "Documents")["Properties"]
    origins = configuration(stage)["cors_origins"]
    [rule] = bucket["CorsConfiguration"]["CorsRules"]
    if origins:
        assert rule["AllowedOrigins"] == origins
    else:  # the stage's own page
        assert "PageDistribution" in json.dumps(rule["AllowedOrigins"])
    assert rule["AllowedMethods"] == ["GET", "PUT"]
    assert {"content-type", "x-amz-meta-*", "x-amz-checksum-sha256"} <= set(rule["AllowedHeaders"])
    # Of a long PDF a page reads parts, as far as it is told that there are any.
    assert "range" in rule["AllowedHeaders"]
    assert {"accept-ranges", "content-range"} <= set(rule["ExposedHeaders"])


@pytest.mark.parametrize("kind", ["S3::BucketPolicy", "SQS::QueuePolicy"])
def test_plain_http_is_refused(assembly, stage, kind):
    policies = assembly.resources(stage, "data", kind).values()
    assert len(policies) == (2 if kind == "SQS::QueuePolicy" or stage == "local" else 3)
    for policy in policies:
        statements = policy["Properties"]["PolicyDocument"]["Statement"]
        assert any(
            s["Effect"] == "Deny"
            and s["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            and s["Principal"] == {"AWS": "*"}
            for s in statements
        )


def test_changes_of_documents_reach_the_queue_and_nothing_else_does(assembly, stage):
    bucket = assembly.only(stage, "data", "S3::Bucket", "Documents")
    configurations = bucket["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
    assert [c["Event"] for c in configurations] == ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]
    for one in configurations:
        assert one["Filter"] == {"S3Key": {"Rules": [{"Name": "prefix", "Value": "documents/"}]}}
        assert "IngestQueue" in json.dumps(one["Queue"])
    policy_id, policy = next(
        (name, value)
        for name, value in assembly.resources(stage, "data", "SQS::QueuePolicy").items()
        if "DeadLetters" not in name
    )
    assert policy_id in bucket["DependsOn"]
    [allowed] = [
        s for s in policy["Properties"]["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"
    ]
    assert allowed["Action"] == "sqs:SendMessage"
    assert allowed["Principal"] == {"Service": "s3.amazonaws.com"}
    assert set(allowed["Condition"]) == {"StringEquals", "ArnLike"}


def test_a_message_is_hidden_for_six_timeouts_and_ends_in_the_dead_letters(assembly, stage):
    queue = assembly.only(stage, "data", "SQS::Queue", "IngestQueue")["Properties"]
    timeout = assembly.function(stage, "ingest")["Timeout"]
    assert timeout == configuration(stage)["ingest_timeout_s"]
    assert queue["VisibilityTimeout"] >= 6 * timeout
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert "DeadLetters" in json.dumps(queue["RedrivePolicy"]["deadLetterTargetArn"])
    for one in assembly.resources(stage, "data", "SQS::Queue").values():
        assert one["Properties"]["SqsManagedSseEnabled"] is True


def test_a_message_that_waited_as_long_as_it_may_is_a_dead_letter_for_a_week(assembly, stage):
    # It keeps its age: what waited for as long as the dead-letter queue keeps is gone at once.
    waiting = assembly.only(stage, "data", "SQS::Queue", "IngestQueue")["Properties"]
    dead = assembly.only(stage, "data", "SQS::Queue", "DeadLetters")["Properties"]
    left_s = dead["MessageRetentionPeriod"] - waiting["MessageRetentionPeriod"]
    assert left_s == 7 * 24 * 3600


def named_tables(assembly, stage):
    tables = assembly.resources(stage, "data", "DynamoDB::Table")
    return {name.removeprefix("Tables")[:-8]: table for name, table in tables.items()}


def test_tables_are_on_demand_encrypted_and_all_but_the_cache_recoverable(assembly, stage):
    keys = {}
    for name, table in named_tables(assembly, stage).items():
        properties = table["Properties"]
        assert properties["BillingMode"] == "PAY_PER_REQUEST"
        assert properties["SSESpecification"] == {"SSEEnabled": True}
        recovery = properties["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": name != "Cache"}
        protected = stage == "prod" and name != "Cache"
        assert properties["DeletionProtectionEnabled"] is protected
        keys[name] = [k["AttributeName"] for k in properties["KeySchema"]]
    assert keys == {
        "Conversations": ["pk", "sk"],
        "Catalogue": ["pk", "sk"],
        "Clients": ["pk"],
        "Cache": ["pk"],
        "Insights": ["pk", "sk"],
    }


def test_conversations_the_cache_and_ended_sign_ins_expire(assembly, stage):
    found = {
        name: table["Properties"].get("TimeToLiveSpecification")
        for name, table in named_tables(assembly, stage).items()
    }
    assert found == {
        "Conversations": {"AttributeName": "expires_at", "Enabled": True},
        "Cache": {"AttributeName": "expires_at", "Enabled": True},
        "Catalogue": {"AttributeName": "expires_at", "Enabled": True},
        # Not a key's entry, which has an `expires_at` of its own.
        "Clients": {"AttributeName": "forget_at", "Enabled": True},
        "Insights": {"AttributeName": "expires_at", "Enabled": True},
    }


def test_data_but_neither_cache_nor_page_outlives_the_stack_where_the_stage_says_so(
    assembly, stage
):
    retained = "Retain" if stage in ("aws", "staging", "prod") else "Delete"
    for kind in STATEFUL:
        for name, resource in assembly.resources(stage, "data", kind).items():
            wanted = "Delete" if "Cache" in name or name.startswith("Page") else retained
            assert resource["DeletionPolicy"] == wanted, name
            assert resource["UpdateReplacePolicy"] == wanted, name


def test_only_prod_is_protected_from_termination(assembly, stage):
    manifest = json.loads((assembly.path / "manifest.json").read_text())["artifacts"]
    for stack in ("data", "service"):
        properties = manifest[f"nexus-{stage}-{stack}"]["properties"]
        assert properties.get("terminationProtection", False) is (stage == "prod")


def test_secrets_begin_unset_and_are_there_used_or_not_but_told_only_where_used(assembly, stage):
    secrets = assembly.resources(stage, "data", "SecretsManager::Secret").values()
    assert [s["Properties"]["SecretString"] for s in secrets] == ["unset"] * len(secrets)
    uses_pinecone = configuration(stage)["vector_index"] == "pinecone"
    asks_for_a_rerank_key = configuration(stage).get("rerank_key", False)
    keeps_secrets = configuration(stage).get("upstream_secrets", True)
    assert len(secrets) == (3 if keeps_secrets else 0)
    assert ("RerankSecret" in assembly.outputs(stage)) is asks_for_a_rerank_key
    assert ("PineconeSecret" in assembly.outputs(stage)) is uses_pinecone
