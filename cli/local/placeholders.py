"""Has the emulator take a template with types that it does not know: each is noted, and not made.

It refuses such a template whole. What stands here only has a name and costs nothing; whoever calls
the service behind it is told that there is none.
"""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

_NAMES = {"AWS::S3Vectors::VectorBucket": "VectorBucketName"}


def mend() -> None:
    """Adds the types."""
    for kind, name in _NAMES.items():
        provisioners._RESOURCE_HANDLERS[kind] = _placeholder(name)


def _placeholder(name: str) -> dict[str, Any]:
    def create(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
        named = props.get(name) or f"{stack}-{logical_id}".lower()[:63]
        return named, {"VectorBucketArn": f"arn:aws:s3vectors:::bucket/{named}"}

    def update(
        physical_id: str, _old: dict[str, Any], _new: dict[str, Any], _stack: str
    ) -> tuple[str, dict[str, Any]]:
        return physical_id, {"VectorBucketArn": f"arn:aws:s3vectors:::bucket/{physical_id}"}

    def delete(_physical_id: str, _props: dict[str, Any]) -> None:
        return None

    return {"create": create, "update": update, "delete": delete}
