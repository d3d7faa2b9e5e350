"""Records which rights each function used: for the test that compares them with its policies.

A function says who it is in the user agent of its calls (`AWS_SDK_UA_APP_ID`); a signed URL says it
for nobody, and is recorded as of "signed". It runs within the emulator, and only where the
environment names a file: `NEXUS_RECORD_CALLS=FILE nexus up`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from cli.local.access.bodies import Application, Receive, Scope, Send, again, whole
from cli.local.access.calls import Call, calls
from cli.local.access.origins import target
from cli.local.access.signatures import SignedRequest

SIGNED = "signed"
_APPLICATION = re.compile(r"(?:^| )app/([A-Za-z0-9_.-]+)")


class Recording:
    """The emulator's ASGI application, with each new call of a function written to a file.

    A line is `{function, action, resource, leading_keys}` in JSON, and stands there once.
    """

    def __init__(self, app: Application, file: Path, account: str) -> None:
        self._app = app
        self._file = file
        self._account = account
        self._seen: set[tuple[str, Call]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = SignedRequest(scope["method"], target(scope), tuple(scope["headers"]))
            if function := _caller(request):
                if request.header("x-amz-target") or "delete" in request.target:
                    body = await whole(receive)
                    receive = again(body, receive)
                    request = SignedRequest(request.method, request.target, request.headers, body)
                self._record(function, calls(request, self._account))
        await self._app(scope, receive, send)

    def _record(self, function: str, found: list[Call]) -> None:
        new = [call for call in found if (function, call) not in self._seen]
        if not new:
            return
        self._seen.update((function, call) for call in new)
        with self._file.open("a", encoding="utf-8") as file:
            for call in new:
                line = {
                    "function": function,
                    "action": call.action,
                    "resource": call.resource,
                    "leading_keys": call.leading_keys,
                }
                file.write(json.dumps(line) + "\n")


def _caller(request: SignedRequest) -> str | None:
    if request.is_presigned:
        return SIGNED
    named = _APPLICATION.search(request.header("user-agent"))
    return named[1] if named else None
