"""Which changes make CloudFormation replace a resource, by the schemas of the resource types.

A type's `createOnlyProperties` can be given at creation only, and `conditionalCreateOnlyProperties`
in some cases: CloudFormation replaces a resource where one changes ("Resource type schema",
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html). cfn-lint
brings the schemas that AWS publishes. What has another logical id or type is replaced, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

# What would be lost with each is data, messages, a URL, clients' keys, or a name that others call.
LASTING = (
    "ApiGateway::RestApi",
    "ApiGateway::Stage",
    "ApiGateway::UsagePlan",
    "Cognito::UserPool",
    "Cognito::UserPoolClient",
    "DynamoDB::Table",
    "IAM::Role",
    "Lambda::Alias",
    "Lambda::Function",
    "Logs::LogGroup",
    "S3::Bucket",
    "SNS::Topic",
    "SQS::Queue",
    "SecretsManager::Secret",
)
_REGION = "us-east-1"


@cache
def replacing(kind: str) -> tuple[str, ...]:
    """The top-level properties of a type, such as "S3::Bucket", whose change replaces it."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, f"AWS::{kind}").schema
    pointers = [
        *schema.get("createOnlyProperties", ()),
        *schema.get("conditionalCreateOnlyProperties", ()),
    ]
    return tuple(sorted({pointer.split("/")[2] for pointer in pointers}))


def lasting(template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A template's lasting resources: type and replacing properties by logical id, in order."""
    found = {
        name: (resource["Type"].removeprefix("AWS::"), resource.get("Properties", {}))
        for name, resource in template["Resources"].items()
    }
    return {
        name: {"Type": kind, **{one: held[one] for one in replacing(kind) if one in held}}
        for kind in LASTING
        for name, (its, held) in sorted(found.items())
        if its == kind
    }


def replaced(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The lasting resources of a deployed template that another would replace or remove."""
    was, now = lasting(before), lasting(after)
    return sorted(name for name, one in was.items() if now.get(name) != one)


def exports(template: Mapping[str, Any]) -> set[str]:
    """The names that a template exports."""
    outputs = template.get("Outputs", {}).values()
    return {one["Export"]["Name"] for one in outputs if "Export" in one}


def imports(template: Any) -> set[str]:
    """The names that a template imports, wherever they stand."""
    return set(_imports(template))


def _imports(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "Fn::ImportValue":
                yield str(inner)
            else:
                yield from _imports(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _imports(inner)
