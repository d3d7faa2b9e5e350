"""Lets API Gateway write logs: a role of the account and region, for all APIs that it has there.

AWS keeps one such role for all stacks together ("Set up CloudWatch logging for REST APIs in API
Gateway", https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html) and
refuses to deploy an API with an access log where there is none. A stack that set it would replace
another's, so no stack of ours does: this sets it once, and only where nobody has.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import boto3
from botocore.exceptions import ClientError

from cli.failure import Failure

ROLE = "nexus-api-gateway-logs"
POLICY = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "apigateway.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
# A new role is known to other services a few seconds after it was made.
_TRIES, _BETWEEN_S = 10, 3


def ensure_log_role(
    session: boto3.Session, wait: Callable[[float], None] = time.sleep
) -> tuple[str, bool]:
    """The ARN of the account's role, and whether it was set now; one that is there stays.

    Raises Failure if the role is not accepted within half a minute.
    """
    gateway = session.client("apigateway")
    if current := gateway.get_account().get("cloudwatchRoleArn"):
        return current, False
    role = _role(session)
    for tried in range(_TRIES):
        if tried:
            wait(_BETWEEN_S)
        try:
            gateway.update_account(
                patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}]
            )
        except gateway.exceptions.BadRequestException as err:
            refusal = err
        else:
            return role, True
    raise Failure(f"API Gateway does not accept the role {role} for its logs: {refusal}")


def _role(session: boto3.Session) -> str:
    iam = session.client("iam")
    try:
        role = iam.create_role(
            RoleName=ROLE,
            AssumeRolePolicyDocument=json.dumps(_TRUST),
            Description="Lets API Gateway write the logs of all APIs of this account",
        )["Role"]
    except ClientError as err:
        if err.response.get("Error", {}).get("Code") != "EntityAlreadyExists":
            raise
        role = iam.get_role(RoleName=ROLE)["Role"]  # made for another region
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=POLICY)
    return str(role["Arn"])
