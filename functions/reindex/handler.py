"""The reindexing function's entry: runs until done or out of time, then continues itself."""

from __future__ import annotations

import gc
import json
import os
import time
from dataclasses import asdict
from typing import Any

gc.disable()  # imports make many objects and no garbage; see gc.freeze below

from aws_lambda_powertools.utilities.typing import LambdaContext  # noqa: E402

from nexus.generations.reindexing import (  # noqa: E402
    Progress,
    reconcile_generations,
    verifies_today,
)
from nexus.metrics import metered, record  # noqa: E402
from nexus.observability import logger  # noqa: E402
from nexus.settings import Settings  # noqa: E402
from nexus.wiring.reindex import reindex_services  # noqa: E402
from nexus.wiring.restoring import renewed  # noqa: E402

_settings = Settings.from_environ(os.environ)
services = renewed(lambda: reindex_services(_settings))

# A page of 1,000 objects takes seconds; with less left than this, the run goes on in a new
# invocation.
ENOUGH_MS = 60_000
COUNTED = ("listed", "missing", "changed", "removed", "unchanged", "damaged", "orphaned")

gc.freeze()
gc.enable()


@metered("reindex")
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Compares bucket, catalogue and index, of every generation or of `event["generation"]`.

    `event["verify"]` says whether the index is compared too; without it, the day does.
    `event["progress"]` is where an earlier invocation stopped.
    """
    every_days = services().settings.verify_days
    verify = event.get("verify", verifies_today(time.time(), every_days))
    start = {"generation": event.get("generation", ""), "verify": verify}
    progress = reconcile_generations(
        services().reindexers,
        Progress(**event.get("progress", start)),
        has_time=lambda: context.get_remaining_time_in_millis() > ENOUGH_MS,
    )
    counts = asdict(progress)
    record("reindex_invocations")
    if progress.phase != "done":
        services().continuation.start(json.dumps({"progress": counts}))
    else:
        for name in COUNTED:
            record(f"reindex_{name}", counts[name])
    logger.info("reindex", extra=counts)
    return counts
