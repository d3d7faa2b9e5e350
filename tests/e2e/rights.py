"""What the functions may do by their policies, and whether that covers what they did.

Resources are named by the logical id of what they are in the stacks, `{TablesCatalogue}`, so that
calls recorded in one stage can be held against the policies of any.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.local.access.recording import SIGNED

# The templates of a stage's stacks, by their names.
Templates = Mapping[str, Mapping[str, Any]]
_KEYS_BY = ("ForAllValues:StringEquals", "ForAllValues:StringLike")
_UNIQUE = re.compile("[0-9A-F]{8}$")
_ASSET = re.compile("[0-9a-f]{64}\\.zip")
_PSEUDO = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "000000000000"}
# The functions that give away signed URLs, which count as their own calls: of recordings, and of
# everything else.
_SIGNERS = {True: "audio", False: "documents"}


@dataclass(frozen=True, slots=True)
class Grant:
    """A function's right to one action on one resource; either may hold `*` and `?`.

    `keys` are the partition keys that it is restricted to, with such wildcards too; None is any.
    """

    function: str
    action: str
    resource: str
    keys: tuple[str, ...] | None = None

    def __str__(self) -> str:
        only = f" (keys {', '.join(self.keys)})" if self.keys is not None else ""
        return f"{self.function}: {self.action} on {self.resource}{only}"


@dataclass(frozen=True, slots=True)
class Used:
    """A right that a function used."""

    function: str
    action: str
    resource: str
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.function}: {self.action} on {self.resource}"


def grants(templates: Templates, stage: str) -> set[Grant]:
    """Every right that a stage's synthesized policies give to its functions.

    Raises ValueError for a statement that this cannot judge: a refusal, or another condition.
    """
    data, service = templates[f"nexus-{stage}-data"], templates[f"nexus-{stage}-service"]
    exported = {
        one["Export"]["Name"]: one["Value"] for one in data["Outputs"].values() if "Export" in one
    }
    resources = service["Resources"].values()
    owner = {
        one["Properties"]["Role"]["Fn::GetAtt"][0]: one["Properties"]["FunctionName"]
        for one in resources
        if one["Type"] == "AWS::Lambda::Function"
    }
    found = set()
    for one in resources:
        if one["Type"] != "AWS::IAM::Policy":
            continue
        for role in one["Properties"]["Roles"]:
            if role["Ref"] in owner:
                function = owner[role["Ref"]].removeprefix(f"nexus-{stage}-")
                for statement in one["Properties"]["PolicyDocument"]["Statement"]:
                    found |= _granted(function, statement, exported, stage)
    return found


def _granted(
    function: str, statement: Mapping[str, Any], exported: Mapping[str, Any], stage: str
) -> set[Grant]:
    keys = None
    condition = statement.get("Condition", {})
    # A call does not show the tags of what it names; every key is made with this one
    # (tests/contract/test_managed_keys.py).
    tags = ("aws:ResourceTag/nexus-stage", "aws:RequestTag/nexus-stage")
    if condition and condition not in [{"StringEquals": {tag: stage}} for tag in tags]:
        [operator, *others] = condition
        given = condition[operator].get("dynamodb:LeadingKeys")
        if given is None or others or operator not in _KEYS_BY:
            raise ValueError(f"cannot judge the condition {json.dumps(condition)}")
        # An equal name's own signs would be wildcards; none of ours holds one.
        keys = tuple(given)
    if statement["Effect"] != "Allow" or {"NotAction", "NotResource"} & set(statement):
        raise ValueError(f"cannot judge the statement {json.dumps(statement)}")
    return {
        Grant(function, action, _resolved(resource, exported, stage), keys)
        for action in _list(statement["Action"])
        for resource in _list(statement["Resource"])
    }


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _resolved(value: Any, exported: Mapping[str, Any], stage: str) -> str:
    if isinstance(value, str):
        # Secrets of sources have a path, and what CDK stages a name by its content.
        named = _ASSET.sub("{Asset}", value).replace(f"nexus/{stage}/", "nexus/{stage}/")
        return named.replace(f"nexus-{stage}-", "nexus-{stage}-")
    [(function, given)] = value.items()
    if function == "Fn::Join":
        return str(given[0]).join(_resolved(one, exported, stage) for one in given[1])
    if function == "Fn::ImportValue":
        return _resolved(exported[given], exported, stage)
    if function == "Ref":
        return _PSEUDO.get(given) or _label(given)
    if function == "Fn::Sub" and isinstance(given, str):
        return _VARIABLE.sub(lambda one: _PSEUDO.get(one[1]) or _label(one[1]), given)
    if function == "Fn::GetAtt" and given[1].endswith("Arn"):  # a vector bucket's has a longer name
        return _label(given[0])
    raise ValueError(f"cannot resolve {json.dumps(value)}")


_VARIABLE = re.compile(r"\$\{([\w:]+)\}")


def _label(logical_id: str) -> str:
    return f"{{{_UNIQUE.sub('', logical_id)}}}"


def recorded(file: Path, resources: Iterable[Mapping[str, Any]], stage: str) -> set[Used]:
    """What a file of calls says that functions used.

    `resources` are CloudFormation's of the two stacks.
    """
    names = {}
    for one in resources:
        physical = str(one.get("PhysicalResourceId", ""))
        is_queue = one["ResourceType"] == "AWS::SQS::Queue"
        names[physical.rpartition("/")[2] if is_queue else physical] = _label(
            one["LogicalResourceId"]
        )
    found = set()
    for line in file.read_text(encoding="utf-8").splitlines():
        call = json.loads(line)
        if call["function"] != SIGNED and not call["function"].startswith(f"nexus-{stage}-"):
            continue  # another program that said its name, such as a release's steps
        function = call["function"].removeprefix(f"nexus-{stage}-")
        resource = _named(call["resource"], names).replace(f"nexus/{stage}/", "nexus/{stage}/")
        resource = resource.replace(f"nexus-{stage}-", "nexus-{stage}-")
        keys = tuple(call["leading_keys"])
        signer = _SIGNERS["/audio/" in resource]
        found.add(Used(signer if function == SIGNED else function, call["action"], resource, keys))
    return found


def _named(arn: str, names: Mapping[str, str]) -> str:
    if arn in names:
        return names[arn]
    what = arn.split(":", 5)[5] if arn.count(":") >= 5 else arn
    if what.startswith("log-group:"):
        return names.get(what.removeprefix("log-group:").removesuffix(":*"), arn)
    if what.startswith("/"):  # API Gateway's, a path
        return arn.removesuffix(what) + "/".join(names.get(one, one) for one in what.split("/"))
    kind, _, table = what.partition("/")
    if kind == "userpool":
        return names.get(table, arn)
    if kind == "table":
        name, slash, rest = table.partition("/")
    else:
        name, slash, rest = what.partition("/")
    return f"{names[name]}{slash}{rest}" if name in names else arn


def covers(grant: Grant, used: Used) -> bool:
    """Whether a grant allows a call, by IAM's rules for names, wildcards and leading keys."""
    return (
        grant.function == used.function
        and _matches(grant.action.lower(), used.action.lower())
        and _matches(grant.resource, used.resource)
        and (
            grant.keys is None
            or all(any(_matches(key, one) for key in grant.keys) for one in used.keys)
        )
    )


def _matches(pattern: str, text: str) -> bool:
    parts = (re.escape(part).replace(r"\?", ".") for part in pattern.split("*"))
    return re.fullmatch(".*".join(parts), text, re.DOTALL) is not None


def missing(used: Iterable[Used], granted: Iterable[Grant]) -> set[Used]:
    """The calls that no grant allows."""
    granted = list(granted)
    return {one for one in used if not any(covers(grant, one) for grant in granted)}


def unused(used: Iterable[Used], granted: Iterable[Grant]) -> set[Grant]:
    """The grants that no call needed."""
    used = list(used)
    return {grant for grant in granted if not any(covers(grant, one) for one in used)}


def explained(file: Path, *, by_chance: bool = False) -> dict[Grant, str]:
    """Why each unused grant is given: the lines of a file of JSON, a group of grants each.

    A group is `{functions, actions, resources, keys?, by_chance?, why}` and stands for every
    combination. Those used `by_chance`, in one run and not in the next, are told apart.
    """
    found: dict[Grant, str] = {}
    for group in json.loads(file.read_text(encoding="utf-8")):
        if group.get("by_chance", False) is not by_chance:
            continue
        keys = tuple(group["keys"]) if "keys" in group else None
        for function in group["functions"]:
            for action in group["actions"]:
                for resource in group["resources"]:
                    grant = Grant(function, action, resource, keys)
                    if grant in found:
                        raise ValueError(f"explained twice: {grant}")
                    found[grant] = group["why"]
    return found
