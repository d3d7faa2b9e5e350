"""The backup function's entry: copies until done or out of time, then continues itself."""

from __future__ import annotations

import gc
import json
import os
from dataclasses import asdict
from typing import Any

gc.disable()  # imports make many objects and no garbage; see gc.freeze below

from aws_lambda_powertools.utilities.typing import LambdaContext  # noqa: E402

from nexus.errors import InvalidRequest  # noqa: E402
from nexus.metrics import metered, record  # noqa: E402
from nexus.observability import logger  # noqa: E402
from nexus.settings import Settings  # noqa: E402
from nexus.snapshots.progress import Progress  # noqa: E402
from nexus.span_names import FAAS_TRIGGER  # noqa: E402
from nexus.tracing import invoked  # noqa: E402
from nexus.wiring.backup import backup_services  # noqa: E402
from nexus.wiring.restoring import renewed  # noqa: E402

_settings = Settings.from_environ(os.environ)
services = renewed(lambda: backup_services(_settings))

# A batch of chunks takes a second, and closing the files and the list of them some more.
ENOUGH_MS = 60_000
COUNTED = ("documents", "chunks", "unreadable")

gc.freeze()
gc.enable()


@metered("backup")
@invoked("backup", "server", {FAAS_TRIGGER: "timer"})
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Writes a snapshot of the live generation, named `event["snapshot"]` or by the time.

    `event["progress"]` is where an earlier invocation stopped. Raises InvalidRequest if the
    generation that it was copying has been dropped since.
    """
    backups = services().backups
    if "progress" in event:
        progress = Progress(**event["progress"])
        generation = backups.generations().get(progress.generation)
        if generation is None:
            raise InvalidRequest("The generation was dropped while it was copied.", "progress")
        backup = backups.of(generation)
    else:
        backup = backups.live()
        progress = backup.begin(event.get("snapshot", ""))
    progress = backup.run(
        progress, has_time=lambda: context.get_remaining_time_in_millis() > ENOUGH_MS
    )
    state = asdict(progress)
    record("backup_invocations")
    if progress.phase != "done":
        services().continuation.start(json.dumps({"progress": state}))
    else:
        for name in COUNTED:
            record(f"backup_{name}", state[name])
    logger.info("backup", extra=state)
    return state
