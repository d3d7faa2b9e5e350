"""The page function's entry: CloudFormation calls it, and is always told how it went.

Made of the standard library and of what Lambda itself brings, and of no layer. CloudFormation waits
until something is put to the URL that it sends
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html).
"""

from __future__ import annotations

import json
import sys
import urllib.request
from functools import cache
from typing import Any

from functions.page.publishing import empty, publish

# The resource is the same whatever it holds: another name would have CloudFormation delete it.
_IDENTITY = "page"
_TELL_WITHIN_S = 30
_MOST_REASON = 300


def handler(event: dict[str, Any], context: object) -> None:
    """Publishes the page that the event names, or empties its bucket, and tells CloudFormation."""
    del context
    reason = ""
    try:
        _perform(event["RequestType"], event["ResourceProperties"])
    except Exception as err:  # noqa: BLE001  (else CloudFormation waits for an hour)
        reason = f"{type(err).__name__}: {err}"[:_MOST_REASON]
        sys.stdout.write(json.dumps({"level": "ERROR", "message": "failed", "why": reason}) + "\n")
    _tell(event, reason)


def _perform(kind: str, said: dict[str, Any]) -> None:
    s3, bucket = _s3(), str(said["Bucket"])
    if kind == "Delete":
        empty(s3, bucket)
        return
    found = s3.get_object(Bucket=said["Archive"]["Bucket"], Key=said["Archive"]["Key"])
    count = publish(s3, bucket, found["Body"].read(), str(said["Config"]), str(said["Policy"]))
    sys.stdout.write(json.dumps({"level": "INFO", "message": "published", "files": count}) + "\n")


def _tell(event: dict[str, Any], reason: str) -> None:
    answer = {
        "Status": "FAILED" if reason else "SUCCESS",
        "Reason": reason or "Published.",
        "PhysicalResourceId": _IDENTITY,
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    # Signed without a type of content: the URL is refused with one.
    request = urllib.request.Request(  # noqa: S310  (CloudFormation's own URL)
        event["ResponseURL"],
        data=json.dumps(answer).encode(),
        method="PUT",
        headers={"Content-Type": ""},
    )
    with urllib.request.urlopen(request, timeout=_TELL_WITHIN_S):  # noqa: S310
        return


@cache
def _s3() -> Any:
    import boto3

    return boto3.client("s3")
