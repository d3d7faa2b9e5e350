"""The least a Lambda function can be: the baseline of the cold starts."""

from __future__ import annotations


def handler(event: dict[str, object], context: object) -> dict[str, object]:
    """Answers a constant."""
    return {"statusCode": 200, "body": "{}"}
