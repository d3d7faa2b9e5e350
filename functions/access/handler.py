"""The access function's entry: builds the app, then passes API Gateway's events to it."""

from __future__ import annotations

import gc
import os
from typing import Any

gc.disable()  # imports make many objects and no garbage; see gc.freeze below

from mangum import Mangum  # noqa: E402
from mangum.types import LambdaContext  # noqa: E402

from functions.access.app import create_app  # noqa: E402
from nexus.metrics import metered  # noqa: E402
from nexus.settings import Settings  # noqa: E402
from nexus.tracing import flushed  # noqa: E402
from nexus.wiring.access import access_services  # noqa: E402
from nexus.wiring.restoring import renewed  # noqa: E402

TEXTS = ["text/", "application/json", "application/problem+json"]

_settings = Settings.from_environ(os.environ)
_app = renewed(lambda: create_app(access_services(_settings)))


@metered("access")
@flushed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answers API Gateway's event for one request."""
    asgi = Mangum(_app(), lifespan="off", text_mime_types=TEXTS)
    return dict(asgi(event, context))


gc.freeze()
gc.enable()
