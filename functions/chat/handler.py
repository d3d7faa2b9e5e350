"""The chat function's entry: builds the app once, then passes API Gateway's events to it."""

from __future__ import annotations

import gc
import os

gc.disable()  # imports make many objects and no garbage; see gc.freeze below

from mangum import Mangum  # noqa: E402

from functions.chat.app import create_app  # noqa: E402
from nexus.observability import metrics  # noqa: E402
from nexus.settings import Settings  # noqa: E402
from nexus.wiring.chat import chat_services  # noqa: E402

services = chat_services(Settings.from_environ(os.environ))
_asgi = Mangum(
    create_app(services),
    lifespan="off",
    text_mime_types=["text/", "application/json", "application/problem+json"],
)
handler = metrics.log_metrics(_asgi)

gc.freeze()
gc.enable()
