"""Makes a process's clients of AWS services, with what none of them needs left out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from nexus.adapters.aws.addresses import is_plain, region
from nexus.tracing import is_on

# Makes an AWS client by its service's name: botocore's in the functions, a stage's in the CLI.
ClientFactory = Callable[[str], Any]

THREADS = 16

# How an S3 client is configured whose URLs are given away: version 4 binds their headers, and the
# bucket's regional address is the one that does not redirect, which uploads do not survive.
SIGNING: dict[str, Any] = {"signature_version": "s3v4", "s3": {"addressing_style": "virtual"}}


@cache
def aws_clients(service: str) -> Any:
    """The process's client of an AWS service, with time limits that suit a Lambda function."""
    # These answer in milliseconds or not at all; S3 may take its time over a document. A call that
    # hangs is given up (`nexus.bounded`), but it keeps its thread, and a secret's readers waiting.
    quick = service in ("dynamodb", "secretsmanager")
    if quick and is_plain():
        return _json_client(service)
    from botocore.config import Config

    client: Any = _session().create_client(
        service,
        config=Config(
            connect_timeout=2,
            read_timeout=2 if quick else 20,
            retries={"mode": "standard", "max_attempts": 2 if quick else 4},
            max_pool_connections=THREADS,
            **(SIGNING if service == "s3" else {}),
        ),
    )
    if is_on():
        from nexus.adapters.aws.spans import trace_calls

        trace_calls(client)
    if service == "dynamodb":
        from nexus.adapters.dynamodb.throttles import count_throttles

        count_throttles(client)
    return client


def _json_client(service: str) -> Any:
    from nexus.adapters.aws.json_client import JsonClient
    from nexus.adapters.dynamodb.throttles import count_throttle

    noted = count_throttle if service == "dynamodb" else None
    return JsonClient(service, region(), _credentials(), THREADS, noted)


@cache
def _credentials() -> Any:
    from nexus.adapters.aws.credentials import credentials

    return credentials()


@cache
def _session() -> Any:
    from botocore.session import Session

    session = Session()
    session.register_component("data_loader", _descriptions())
    return session


@cache
def _descriptions() -> Any:
    # What AWS's services are like, read from files: the one part that outlives its session.
    from botocore.session import Session

    return Session().get_component("data_loader")


def forget_clients() -> None:
    """Makes the next clients anew, with connections and credentials of their own."""
    aws_clients.cache_clear()
    _credentials.cache_clear()
    _session.cache_clear()
