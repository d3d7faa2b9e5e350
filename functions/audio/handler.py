"""The audio function's entry: passes API Gateway's events to the app, and does its own jobs."""

from __future__ import annotations

import gc
import os
from typing import Any

gc.disable()  # imports make many objects and no garbage; see gc.freeze below

from mangum import Mangum  # noqa: E402
from mangum.types import LambdaContext  # noqa: E402

from functions.audio import jobs  # noqa: E402
from functions.audio.app import create_app  # noqa: E402
from nexus.metrics import metered  # noqa: E402
from nexus.settings import Settings  # noqa: E402
from nexus.tracing import flushed  # noqa: E402
from nexus.wiring.audio import audio_services  # noqa: E402
from nexus.wiring.restoring import renewed  # noqa: E402

TEXTS = ["text/", "application/json", "application/problem+json"]

_settings = Settings.from_environ(os.environ)
_app = renewed(lambda: create_app(audio_services(_settings)))


@metered("audio")
@flushed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answers API Gateway's event for one request, or does a job that an earlier one began."""
    app = _app()
    if jobs.JOB in event:
        remaining_ms = context.get_remaining_time_in_millis
        jobs.perform(app.state.services, event, lambda: remaining_ms() / 1000)
        return {}
    return dict(Mangum(app, lifespan="off", text_mime_types=TEXTS)(event, context))


gc.freeze()
gc.enable()
