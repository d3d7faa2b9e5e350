"""The resources that a deployment must update and never replace: `lasting.json`, and its renewal.

`python -m tests.infrastructure.lasting` synthesizes every stage and rewrites the file.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.infrastructure.assembly import STAGES, Assembly
from tests.infrastructure.conftest import synthesize

FILE = Path(__file__).with_name("lasting.json")
RENEWAL = "python -m tests.infrastructure.lasting"
STACKS = ("data", "service")
# In the file: stage, stack, logical id.
RESOURCE_DEPTH = 3
# What would be lost with each is data, messages, a URL, clients' keys, or a name that others call.
# CloudFormation replaces a resource whose logical id changes, and also one of these whose property
# named here does ("Update requires: Replacement" in the reference of its type).
TYPES: dict[str, tuple[str, ...]] = {
    "ApiGateway::RestApi": (),
    "ApiGateway::Stage": ("StageName",),
    "ApiGateway::UsagePlan": (),
    "DynamoDB::Table": ("KeySchema", "TableName"),
    "IAM::Role": ("Path", "RoleName"),
    "Lambda::Alias": ("Name",),
    "Lambda::Function": ("FunctionName",),
    "Logs::LogGroup": ("LogGroupName",),
    "S3::Bucket": ("BucketName",),
    "SNS::Topic": ("FifoTopic", "TopicName"),
    "SQS::Queue": ("FifoQueue", "QueueName"),
    "SecretsManager::Secret": ("Name",),
}

Lasting = dict[str, dict[str, Any]]


def lasting(assembly: Assembly, stage: str) -> dict[str, Lasting]:
    """Each stack's lasting resources: type and replacing properties by logical id, in order."""
    return {
        stack: {
            name: {
                "Type": kind,
                **{one: properties[one] for one in TYPES[kind] if one in properties},
            }
            for kind in TYPES
            for name, resource in sorted(assembly.resources(stage, stack, kind).items())
            for properties in [resource.get("Properties", {})]
        }
        for stack in STACKS
    }


def recorded(stage: str) -> dict[str, Lasting]:
    """What the file holds of a stage."""
    return dict(json.loads(FILE.read_text())[stage])


def main() -> None:
    """Rewrites the file from a synthesis of every stage; exits with its errors if it fails."""
    with tempfile.TemporaryDirectory() as out:
        done = synthesize(Path(out))
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        found = {stage: lasting(Assembly(Path(out)), stage) for stage in STAGES}
    FILE.write_text(_lines(found) + "\n")
    sys.stdout.write(f"{FILE}: look at what changed before you commit it.\n")


def _lines(value: Any, depth: int = 0) -> str:
    """JSON with one resource a line, so that a review sees what changed."""
    if depth == RESOURCE_DEPTH:
        return json.dumps(value)
    indent = " " * depth
    inner = (f" {indent}{json.dumps(key)}: {_lines(one, depth + 1)}" for key, one in value.items())
    return "{\n" + ",\n".join(inner) + f"\n{indent}}}"


if __name__ == "__main__":
    main()
