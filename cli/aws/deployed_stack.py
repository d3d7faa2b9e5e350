"""A stack as CloudFormation has it: what it holds, what it would leave behind, and its removal."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from cli.aws.account import Account
from cli.failure import Failure

_DELETION_S = 3600.0
_POLL_S = 2.0
_KEEPING = ("Retain", "RetainExceptOnCreate")
_VERSION = "AWS::Lambda::Version"  # kept when its successor comes, and gone with its function


@dataclass(frozen=True)
class Resource:
    """A resource of a stack, by its CloudFormation type and its name in the account."""

    kind: str
    name: str
    kept: bool


@dataclass(frozen=True)
class DeployedStack:
    """`protected` is CloudFormation's termination protection."""

    name: str
    identity: str
    protected: bool
    resources: tuple[Resource, ...] = field(default=())

    def buckets(self) -> list[str]:
        """The buckets that go with the stack, which CloudFormation removes only if empty."""
        return [
            one.name for one in self.resources if one.kind == "AWS::S3::Bucket" and not one.kept
        ]

    def vector_buckets(self) -> list[str]:
        """The ARNs of the vector buckets that go with it, which go only if empty, too."""
        return [
            one.name
            for one in self.resources
            if one.kind == "AWS::S3Vectors::VectorBucket" and not one.kept
        ]

    def kept(self) -> list[Resource]:
        """What stays in the account when the stack is removed."""
        return [one for one in self.resources if one.kept]


def read_stack(account: Account, name: str) -> DeployedStack | None:
    """The stack of this name; None if there is none."""
    client = account.client("cloudformation")
    try:
        found = client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as err:
        if "does not exist" in str(err):
            return None
        raise
    template = client.get_template(StackName=name)["TemplateBody"]
    policies = {
        logical: resource.get("DeletionPolicy")
        for logical, resource in dict(template).get("Resources", {}).items()
    }
    pages = client.get_paginator("list_stack_resources").paginate(StackName=name)
    resources = tuple(
        Resource(
            one["ResourceType"],
            one.get("PhysicalResourceId", ""),
            policies.get(one["LogicalResourceId"]) in _KEEPING and one["ResourceType"] != _VERSION,
        )
        for page in pages
        for one in page["StackResourceSummaries"]
        if one["ResourceStatus"] != "DELETE_COMPLETE"
    )
    return DeployedStack(
        name, found["StackId"], bool(found.get("EnableTerminationProtection")), resources
    )


def delete_stack(
    account: Account,
    stack: DeployedStack,
    progress: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Has CloudFormation remove a stack, and waits until it is gone.

    Raises Failure with what CloudFormation says if it cannot, or takes over an hour.
    """
    client = account.client("cloudformation")
    client.delete_stack(StackName=stack.identity)
    deadline = time.monotonic() + _DELETION_S
    while time.monotonic() < deadline:
        status = _status(client, stack)
        if status == "DELETE_COMPLETE":
            return
        events = client.describe_stack_events(StackName=stack.identity)["StackEvents"]
        if status == "DELETE_FAILED":
            raise Failure(f"CloudFormation could not remove {stack.name}: {_reason(events)}")
        progress(str(events[0].get("LogicalResourceId", "")) if events else "")
        sleep(_POLL_S)
    raise Failure(f"CloudFormation still removes {stack.name}: look for it in its console.")


def _status(client: Any, stack: DeployedStack) -> str:
    try:
        # By its id, under which CloudFormation knows a stack that is gone for ninety days.
        found = client.describe_stacks(StackName=stack.identity)["Stacks"]
    except ClientError as err:
        if "does not exist" in str(err):
            return "DELETE_COMPLETE"
        raise
    return str(found[0]["StackStatus"])


def _reason(events: list[dict[str, Any]]) -> str:
    for event in events:
        if event.get("ResourceStatus") == "DELETE_FAILED" and event.get("ResourceStatusReason"):
            return f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
    return "its events say why."
