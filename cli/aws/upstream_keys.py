"""The API keys of a stage's upstreams, in Secrets Manager: which are not set, and setting them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import typer

from cdk.stages import Stage
from cli.aws.account import Account
from cli.stacks import Deployment

# What cdk/upstream_secret.py, which takes a second to import, writes into a new secret.
UNSET = "unset"


@dataclass(frozen=True)
class Upstream:
    """One service that wants a key.

    `output` is the field of Deployment that names its secret, `variable` the one of the environment
    that may hold the key.
    """

    output: str
    label: str
    variable: str


def upstreams_of(stage: Stage) -> list[Upstream]:
    """The upstreams that a stage calls with a key."""
    found = []
    if stage.models_provider == "openai":
        label = f"the models at {stage.models_url}"
        found.append(Upstream("models_secret", label, "OPENAI_API_KEY"))
    if stage.vector_index == "pinecone":
        found.append(Upstream("pinecone_secret", "Pinecone", "PINECONE_API_KEY"))
    if stage.rerank_key:
        label = f"the reranker at {stage.rerank_url}"
        found.append(Upstream("rerank_secret", label, "RERANK_API_KEY"))
    return found


class Clients(Protocol):
    """An account, or a connection to a stage."""

    def client(self, service: str) -> Any:
        """A client of an AWS service."""


def is_set(account: Clients, secret: str) -> bool:
    """Whether a secret holds a key."""
    client = account.client("secretsmanager")
    value = str(client.get_secret_value(SecretId=secret).get("SecretString", ""))
    return value.strip() not in ("", UNSET)


def unset(account: Account, deployed: Deployment, stage: Stage) -> frozenset[str]:
    """The fields of the deployment whose secret holds no key."""
    return frozenset(
        upstream.output
        for upstream in upstreams_of(stage)
        if (secret := getattr(deployed, upstream.output)) and not is_set(account, secret)
    )


def set_keys(
    account: Account,
    deployed: Deployment,
    upstreams: list[Upstream],
    ask: Callable[[str], str] | None,
) -> list[Upstream]:
    """Gives each upstream the key of its variable, or what `ask` is answered; returns the rest.

    An answer that is empty leaves the secret as it is.
    """
    left = []
    client = account.client("secretsmanager")
    for upstream in upstreams:
        key = os.environ.get(upstream.variable, "").strip()
        if not key and ask:
            key = ask(f"API key of {upstream.label}").strip()
        if key:
            client.put_secret_value(SecretId=getattr(deployed, upstream.output), SecretString=key)
        else:
            left.append(upstream)
    return left


def asked_for_key(label: str) -> str:
    """What a person types, unseen, when asked for a key; "" if nothing."""
    return str(typer.prompt(label, default="", hide_input=True, show_default=False))
