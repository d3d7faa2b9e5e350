"""Has the emulator take a template with types that it does not know: each is noted, and not made.

It refuses such a template whole. What stands here only has a name and costs nothing; whoever asks
what is in it is told that there is nothing.
"""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

from cli.local.access.bodies import Application, Receive, Scope, Send

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


class NoVectors:
    """The emulator's ASGI application, and the one call that removing a vector bucket begins with.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_S3VectorBuckets_ListIndexes.html
    """

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (scope.get("path"), scope.get("method")) != ("/ListIndexes", "POST"):
            await self._app(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"indexes": []}'})
