"""A stage for the CLI's tests: moto's bucket, queue and secrets, and a catalogue in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any

import boto3

from cli.connection import Connection
from cli.stacks import Deployment
from nexus.adapters.aws.managed_keys import StageKeys
from nexus.services import ConnectServices, OperatorServices
from nexus.settings import Settings
from nexus.wiring.access import composed
from nexus.wiring.connect import connect_services
from tests.fakes import FakeCatalogue, FakeClients, FakeGenerations, FakeRequestClaims
from tests.people import FakeEndedSignIns

BUCKET = "documents-bucket"


def deployment(**outputs: str) -> Deployment:
    """A stage's outputs, empty but for these."""
    known: dict[str, Any] = {spec.name: "" for spec in fields(Deployment)}
    return Deployment(**{**known, **outputs})


@cache
def aws_session() -> boto3.Session:
    """Made once: reading the services' models costs more than most of the tests."""
    return boto3.Session("t", "t", region_name="us-east-1")


def stage(**outputs: str) -> Connection:
    """A connection to it, made inside moto's mock_aws; `outputs` are a Deployment's."""
    session = aws_session()
    session.client("s3").create_bucket(Bucket=BUCKET)
    queue = session.client("sqs").create_queue(QueueName="ingest")["QueueUrl"]
    known = {"documents_bucket": BUCKET, "ingest_queue_url": queue, **outputs}
    connection = Connection("local", session, deployment(**known))
    # What is read from the functions' configuration and from DynamoDB otherwise.
    connection.__dict__["settings"] = Settings()
    connection.__dict__["operator"] = OperatorServices(
        FakeCatalogue(), FakeClients(), FakeGenerations()
    )
    give_access(connection)
    return connection


def sources_of(connection: Connection) -> ConnectServices:
    """What works with the stage's sources, over a table of moto's that is made here."""
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    connection.client("dynamodb").create_table(
        TableName="catalogue",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
    )
    settings = Settings(catalogue_table="catalogue", documents_bucket=BUCKET)
    return connect_services(settings, connection.client)


def give_access(connection: Connection, now: Callable[[], float] = time.time) -> None:
    """What makes keys, over moto's API Gateway and the clients that the connection has."""
    session, found = connection.session, connection.deployment
    plans = {"standard": found.standard_plan_id, "admin": found.admin_plan_id}
    connection.__dict__["access"] = composed(
        Settings(),
        clients=connection.operator.clients,
        gateway=StageKeys(session.client("apigateway"), connection.stage, lambda: plans),
        pool=None,
        claims=FakeRequestClaims(),
        ended=FakeEndedSignIns(),
        now=now,
        sleep=lambda _s: None,
    )
