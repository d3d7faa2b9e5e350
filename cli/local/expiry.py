"""Lets items of the local tables expire, which the emulator's CloudFormation leaves out.

The emulator removes what has expired about once a minute, as soon as a table's TTL is enabled by
the API; of a template's `TimeToLiveSpecification` it takes no notice.
"""

from __future__ import annotations

from pathlib import Path

import boto3

from cli.local.layout import read_json
from cli.stage_names import stack_names


def enable_expiry(session: boto3.Session, assembly: Path) -> None:
    """Enables TTL for every deployed table whose synthesized template asks for it."""
    cloudformation, dynamodb = session.client("cloudformation"), session.client("dynamodb")
    for stack in stack_names("local"):
        resources = read_json(assembly / f"{stack}.template.json").get("Resources", {})
        wanted = {
            logical_id: resource["Properties"]["TimeToLiveSpecification"]
            for logical_id, resource in resources.items()
            if "TimeToLiveSpecification" in resource.get("Properties", {})
        }
        for logical_id, specification in wanted.items():
            found = cloudformation.describe_stack_resource(
                StackName=stack, LogicalResourceId=logical_id
            )
            table = found["StackResourceDetail"]["PhysicalResourceId"]
            described = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
            if described["TimeToLiveStatus"] != "ENABLED":
                dynamodb.update_time_to_live(
                    TableName=table,
                    TimeToLiveSpecification={
                        "Enabled": True,
                        "AttributeName": specification["AttributeName"],
                    },
                )
