"""What a stage needs before it is deployed: each thing checked by itself, so that all are named."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cdk.bytecode import Target, interpreter
from cdk.choosing import check_deployable
from cdk.stages import Stage, StageError
from cli.aws.account import Account
from cli.aws.upstream_keys import upstreams_of
from cli.failure import Failure
from cli.findings import Finding
from cli.local.node import node_program
from cli.model_retirements import retirement_warning
from nexus.errors import NexusError

# What `cdk bootstrap` writes unless it is told otherwise, and the CDK looks for before it deploys.
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_VERSION = 6
# Lambda keeps so many of an account's concurrent executions for functions without reserved ones:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
UNRESERVABLE = 100
_MORE_CONCURRENCY = (
    "`aws service-quotas request-service-quota-increase --service-code lambda "
    "--quota-code L-B99A9384 --desired-value 1000` asks AWS for more"
)


def tools() -> Iterator[Finding]:
    """What `make setup` installs."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer.")
    node = node_program()
    yield Finding("Node", node.exists(), str(node), "Run `make setup`.")


def stage_findings(stage: Stage) -> Iterator[Finding]:
    """What can be said of a stage without asking AWS."""
    try:
        check_deployable(stage)
        told = ", ".join(filter(None, (stage.vector_index, stage.pinecone_host)))
        yield Finding("vector index", True, told)
    except StageError as err:
        yield Finding("vector index", False, str(err))
    yield builder(stage)


def model_findings(stage: Stage, today: date) -> Iterator[Finding]:
    """Whether a model of the stage retires within half a year."""
    named = (stage.chat_model, stage.verifier_model, stage.rewrite_model, stage.embedding_model)
    yield from (retirement(model, today) for model in dict.fromkeys(filter(None, named)))


def retirement(model: str, today: date) -> Finding:
    """Whether a model retires within half a year."""
    warning = retirement_warning(model, today)
    return Finding(
        f"model {model}",
        warning is None,
        warning or "no retirement is announced",
        "Name another model in cdk.json and deploy again.",
        serious=False,
    )


def builder(stage: Stage) -> Finding:
    """Whether this machine can build what Lambda is given as every other machine does."""
    found = interpreter(Target(stage.architecture, stage.python))
    return Finding(
        f"Python {stage.python} for the functions",
        found is not None,
        found
        or "is not on this machine: without it the functions would start slower than those "
        "that another machine deploys",
        f"`uv python install {stage.python}` installs it; uv is in .venv/bin.",
    )


def upstream_findings(stage: Stage, unset: frozenset[str] | None, asks: bool) -> Iterator[Finding]:
    """Where each upstream's key comes from; `unset` are those without one, None if all are.

    `asks` says that somebody is there to be asked.
    """
    for upstream in upstreams_of(stage):
        subject = f"key of {upstream.label}"
        if unset is not None and upstream.output not in unset:
            yield Finding(subject, True, "is set")
        elif os.environ.get(upstream.variable):
            yield Finding(subject, True, f"will be {upstream.variable}'s, from the environment")
        elif asks:
            yield Finding(subject, True, "will be asked for")
        else:
            yield Finding(
                subject,
                False,
                f"is not set, and nor is {upstream.variable}",
                f"Without it nothing is answered: `nexus secrets --stage {stage.name}` asks for it "
                "later.",
                serious=False,
            )


def account_findings(stage: Stage, account: Account) -> Iterator[Finding]:
    """What the account lacks."""
    yield from guarded("Lambda concurrency", lambda: concurrency(stage, account, {}))
    yield from guarded("CDK bootstrap", lambda: bootstrap(account))


def concurrency(stage: Stage, account: Account, reserved: Mapping[str, int]) -> Iterator[Finding]:
    """Whether the account's quota leaves room for questions beside documents that are read.

    `reserved` are the executions that the stage keeps for some of its functions, by name.
    """
    client = account.client("lambda")
    limits = client.get_account_settings()["AccountLimit"]
    quota = int(limits["ConcurrentExecutions"])
    free = int(limits["UnreservedConcurrentExecutions"])
    more = sum(wanted - _reserved(client, name) for name, wanted in reserved.items())
    said = f"{quota} functions at once in this account"
    if more > 0 and free - more < UNRESERVABLE:
        yield Finding(
            "Lambda concurrency",
            False,
            f"{said}, {free} of them free: {more} more are to be reserved, and Lambda keeps "
            f"{UNRESERVABLE} unreserved",
            f"{_MORE_CONCURRENCY}.",
        )
        return
    # As many questions as the gateway lets through, for the two seconds that one takes.
    wanted = stage.ingest_concurrency + int(stage.standard_rate * 2)
    yield Finding(
        "Lambda concurrency",
        quota >= wanted,
        said
        if quota >= wanted
        else f"{said}, and ingestion may take {stage.ingest_concurrency}: "
        f"questions will be throttled while documents are read ({wanted} are wanted)",
        f"{_MORE_CONCURRENCY}, or lower ingest_concurrency in cdk.json.",
        serious=False,
    )


def _reserved(client: Any, function: str) -> int:
    try:
        found = client.get_function_concurrency(FunctionName=function)
    except client.exceptions.ResourceNotFoundException:
        return 0  # before its first deployment
    return int(found.get("ReservedConcurrentExecutions", 0))


def bootstrap(account: Account) -> Iterator[Finding]:
    """Whether the CDK can deploy into this account and region."""
    version = bootstrapped(account)
    yield Finding(
        "CDK bootstrap",
        version >= BOOTSTRAP_VERSION,
        f"version {version}" if version else "is not done in this account and region",
        "`nexus cdk bootstrap` does it, and so does `nexus deploy`.",
        serious=False,
    )


def bootstrapped(account: Account) -> int:
    """The version of the CDK's own stack in the account and region; 0 if there is none."""
    ssm = account.client("ssm")
    try:
        return int(ssm.get_parameter(Name=BOOTSTRAP_PARAMETER)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return 0


def guarded(
    subject: str, check: Callable[[], Iterator[Finding]], *, serious: bool = False
) -> Iterator[Finding]:
    """A check's findings; one that cannot be made is a finding, too, and stops no other."""
    try:
        yield from check()
    except (ClientError, BotoCoreError, NexusError, Failure) as err:
        yield Finding(
            subject, False, str(err), "Check your AWS permissions and the stage.", serious=serious
        )
