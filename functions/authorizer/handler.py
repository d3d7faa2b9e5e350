"""The authorizer's entry: API Gateway asks it about every request that needs a caller."""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from typing import Any, Protocol

gc.disable()  # imports make many objects and no garbage; see gc.freeze below

from functions.authorizer.deciding import decision  # noqa: E402
from nexus.errors import NexusError  # noqa: E402
from nexus.metrics import metered, record  # noqa: E402
from nexus.services import AuthorizerServices  # noqa: E402
from nexus.settings import Settings  # noqa: E402
from nexus.wiring.authorizer import authorizer_services  # noqa: E402
from nexus.wiring.restoring import renewed  # noqa: E402

_settings = Settings.from_environ(os.environ)


class Context(Protocol):
    """What Lambda tells of an invocation."""

    function_version: str


def _connect(services: AuthorizerServices) -> None:
    with suppress(NexusError):  # told where it is needed
        services.ping()


_services = renewed(lambda: authorizer_services(_settings), _connect)


@metered("authorizer")
def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """Says who calls; what it cannot decide ends in an error, and lets nobody through."""
    if event.get("type") != "REQUEST":
        # Nobody but what judges a release asks so (functions/readiness).
        _services().ping()
        return {"statusCode": 200}
    failed = True
    try:
        said = decision(event, _services())
        failed = False
    finally:
        # Half of what a release is judged by: whether its newest version failed callers.
        record("faults", failed, function="authorizer", version=context.function_version)
    return said


gc.freeze()
gc.enable()
