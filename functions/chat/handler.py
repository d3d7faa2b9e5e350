"""The chat function's entry: builds the app, then passes API Gateway's events to it."""

from __future__ import annotations

import gc
import os
from typing import Any

gc.disable()  # imports make many objects and no garbage; see gc.freeze below

from nexus.wiring.patterns import defer_patterns  # noqa: E402

defer_patterns(os.environ)

from mangum import Mangum  # noqa: E402
from mangum.types import LambdaContext  # noqa: E402

from functions.chat.app import ROUTES, create_app  # noqa: E402
from nexus.metrics import metered  # noqa: E402
from nexus.settings import Settings  # noqa: E402
from nexus.tracing import flushed  # noqa: E402
from nexus.wiring.chat import chat_services  # noqa: E402
from nexus.wiring.restoring import renewed  # noqa: E402

# A snapshot holds all of them at no cost.
_SNAPSHOT = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"
FIRST = ROUTES if _SNAPSHOT else ("chat", "search", "health")
TEXTS = ["text/", "application/json", "application/problem+json"]

_settings = Settings.from_environ(os.environ)
_app = renewed(
    lambda: create_app(chat_services(_settings), first=FIRST),
    lambda app: app.state.services.prepare(),
)


@metered("chat")
@flushed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answers API Gateway's event for one request."""
    asgi = Mangum(_app(), lifespan="off", text_mime_types=TEXTS)
    return dict(asgi(event, context))


gc.freeze()
gc.enable()
