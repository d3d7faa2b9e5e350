"""`nexus destroy`: empties and removes a stage, once its name was typed."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Annotated

import typer
from botocore.exceptions import ClientError
from rich.markup import escape

from cli.aws.account import Account, sign_in
from cli.aws.chosen import chosen_stage
from cli.aws.deployed_stack import DeployedStack, delete_stack, read_stack
from cli.aws.emptying import empty_bucket, empty_vector_bucket
from cli.connection import Connection
from cli.failure import Failure
from cli.stacks import read_deployment
from cli.stage_names import stack_names
from cli.step import Step
from cli.terminal import StageToName, console, counted
from nexus.errors import NexusError

_TABLE, _BUCKET = "AWS::DynamoDB::Table", "AWS::S3::Bucket"
_FUNCTION, _SECRET = "AWS::Lambda::Function", "AWS::SecretsManager::Secret"
_HOLDING = {_TABLE, _BUCKET, _SECRET, "AWS::SQS::Queue"}


def destroy(
    stage: StageToName = None,
    confirm: Annotated[
        str | None,
        typer.Option(
            "--confirm", help="The stage's name once more, for scripts: nothing is asked."
        ),
    ] = None,
) -> None:
    """Remove a stage from AWS with its documents, where its stage does not keep them."""
    chosen = chosen_stage(stage)
    name = chosen.name
    if confirm is not None and confirm != name:
        raise Failure(f"--confirm says {confirm!r}, and --stage {name!r}: nothing was removed.")
    if confirm is None and not sys.stdin.isatty():
        raise Failure(f"Nobody is here to be asked: add --confirm {name} to remove it.")
    account = sign_in(chosen.region, chosen.account)
    console.print(f"[bold]{name}[/] ← {escape(account.described)}", soft_wrap=True)
    stacks = [found for one in stack_names(name) if (found := read_stack(account, one))]
    if not stacks:
        raise Failure(f"Stage {name} is not deployed in {account.region}: there is nothing to do.")
    _refuse_protected(name, stacks)
    _announce(stacks)
    typed = confirm or typer.prompt(f"Type {name} to remove it", default="", show_default=False)
    if typed.strip() != name:
        raise Failure("Nothing was removed.")
    _remove(name, account, stacks)


def _refuse_protected(stage: str, stacks: list[DeployedStack]) -> None:
    if protected := [stack.name for stack in stacks if stack.protected]:
        commands = " and ".join(
            "`aws cloudformation update-termination-protection --no-enable-termination-protection "
            f"--stack-name {name}`"
            for name in protected
        )
        raise Failure(
            f"Stage {stage} is protected, and nothing was removed: once you are sure, {commands} "
            "ends that."
        )


def _announce(stacks: list[DeployedStack]) -> None:
    removed = Counter(one.kind for stack in stacks for one in stack.resources if not one.kept)
    said = ", ".join(
        counted(removed[kind], label)
        for kind, label in (
            (_BUCKET, "bucket"),
            (_TABLE, "table"),
            (_FUNCTION, "function"),
            (_SECRET, "secret"),
        )
        if removed[kind]
    )
    console.print(
        f"Removed for ever: {', '.join(stack.name for stack in stacks)}, with {said} and all that "
        "they hold.",
        soft_wrap=True,
    )
    kept = [one for stack in stacks for one in stack.kept()]
    for one in sorted(kept, key=lambda found: (found.kind, found.name)):
        console.print(f"  kept: {one.kind.split('::')[-1]} {one.name}", soft_wrap=True)
    if any(one.kind in _HOLDING for one in kept):
        console.print(
            "What is kept goes on costing, and a later deployment of the stage makes new ones: "
            "delete these by hand once nobody needs them.",
            soft_wrap=True,
        )


def _remove(stage: str, account: Account, stacks: list[DeployedStack]) -> None:
    data_name, service_name = stack_names(stage)
    found = {stack.name: stack for stack in stacks}
    data, service = found.get(data_name), found.get(service_name)
    tables_go = data is not None and any(
        one.kind == _TABLE and not one.kept for one in data.resources
    )
    if data and service and tables_go:
        with Step("deleting the clients' keys at the gateway") as step:
            try:
                deleted = _delete_keys(stage, account)
                step.done(f"{counted(deleted, 'key')} deleted at the gateway")
            except (Failure, ClientError, NexusError) as err:  # as of a stage half deployed
                console.print(f"The clients' keys stay at the gateway: {err}", markup=False)
    # First, so that nothing writes into the buckets any more.
    if service:
        _delete(account, service)
    if data:
        for bucket in data.buckets():
            with Step(f"emptying {bucket}") as step:
                removed = empty_bucket(
                    account.client("s3"),
                    bucket,
                    lambda so_far, step=step: step.update(f"{so_far:,} versions"),  # type: ignore[misc]
                )
                step.done(f"{bucket} emptied of {counted(removed, 'version')}")
        for vectors in data.vector_buckets():
            with Step("emptying the vector bucket") as step:
                indexes = empty_vector_bucket(account.client("s3vectors"), vectors)
                step.done(f"vector bucket emptied of {counted(indexes, 'namespace')}")
        _delete(account, data)
    console.print(
        "What stays: a Pinecone index, until it is deleted in Pinecone's console; and the CDK's "
        "own bucket and logs (`nexus cdk gc --unstable=gc` removes what no stack uses).",
        soft_wrap=True,
    )


def _delete(account: Account, stack: DeployedStack) -> None:
    with Step(f"removing {stack.name}") as step:
        delete_stack(account, stack, step.update)
        step.done(f"{stack.name} removed")


def _delete_keys(stage: str, account: Account) -> int:
    connection = Connection(stage, account.session, read_deployment(stage, account.session))
    gateway, deleted = account.client("apigateway"), 0
    for entry in connection.operator.clients.list_clients():
        try:
            gateway.delete_api_key(apiKey=entry.gateway_key_id)
            deleted += 1
        except ClientError as err:
            if err.response.get("Error", {}).get("Code") != "NotFoundException":
                raise
    return deleted
