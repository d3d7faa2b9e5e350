"""Continues a run in a new invocation of a Lambda function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient


class LambdaContinuation:
    """Invokes a function asynchronously."""

    def __init__(self, client: LambdaClient, function: str) -> None:
        self._client = client
        self._function = function

    def start(self, payload: str) -> None:
        """Returns when Lambda has accepted the event (at most 1 MB)."""
        with translate("functions"):
            self._client.invoke(
                FunctionName=self._function, InvocationType="Event", Payload=payload.encode()
            )
