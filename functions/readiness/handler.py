"""The readiness function's entry: CodeDeploy starts it before a new version gets callers.

Made of the standard library and of what Lambda itself brings, and of no layer: what judges a
release must not be made of it. It always tells CodeDeploy, which else waits for an hour
(https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html).
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import cache
from typing import Any, Protocol

from functions.readiness.asking import ask

# The deployments that lead back: what they lead to answered callers before
# (https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html, creator).
WAYS_BACK = ("codeDeployRollback", "CloudFormationRollback")
# Longer than any version behind the gateway may take, its start included.
_PATIENCE_S = 45


class Context(Protocol):
    """What Lambda tells of an invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """What is left of it."""
        ...


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """Lets a deployment go on if all that it releases is ready, and refuses it if not."""
    told = {
        "deploymentId": event["DeploymentId"],
        "lifecycleEventHookExecutionId": event["LifecycleEventHookExecutionId"],
    }
    ready = _leads_back(told["deploymentId"]) or _ready(context)
    _client("codedeploy").put_lifecycle_event_hook_execution_status(
        **told, status="Succeeded" if ready else "Failed"
    )
    return {"ready": ready}


def _ready(context: Context) -> bool:
    versions = os.environ.get("NEXUS_RELEASED", "").split(",")
    verdicts = ask(_invoke, versions, context.get_remaining_time_in_millis, time.sleep)
    for verdict in verdicts:
        _log("asked", version=verdict.version, ready=verdict.ready, said=verdict.said)
    return all(verdict.ready for verdict in verdicts)


def _leads_back(deployment_id: str) -> bool:
    """Whether it is a way back, which is never refused; if that is not known, it is a release."""
    try:
        found = _client("codedeploy").get_deployment(deploymentId=deployment_id)
        return found["deploymentInfo"].get("creator") in WAYS_BACK
    except Exception as err:  # noqa: BLE001  (then it is asked, as any release)
        _log("deployment_unseen", error=type(err).__name__)
        return False


def _invoke(version: str, payload: bytes) -> tuple[bytes, str]:
    found = _client("lambda").invoke(FunctionName=version, Payload=payload)
    return found["Payload"].read(), found.get("FunctionError", "")


@cache
def _client(service: str) -> Any:
    import botocore.session
    from botocore.config import Config

    # A version is asked again by `ask`, and not by the SDK behind its back.
    tries = 1 if service == "lambda" else 4
    config = Config(
        connect_timeout=3,
        read_timeout=_PATIENCE_S if service == "lambda" else 5,
        retries={"mode": "standard", "total_max_attempts": tries},
    )
    return botocore.session.get_session().create_client(service, config=config)


def _log(message: str, **more: object) -> None:
    sys.stdout.write(json.dumps({"message": message, "service": "readiness", **more}) + "\n")
