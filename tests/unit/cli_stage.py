"""A stage for the CLI's tests: moto's bucket, queue and secrets, and a catalogue in memory."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

import boto3

from cli.connection import Connection
from cli.stacks import Deployment
from nexus.services import OperatorServices
from nexus.settings import Settings
from tests.fakes import FakeCatalogue, FakeClients, FakeGenerations

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
    return connection
