"""The reindexing function's entry: runs until done or out of time, then continues itself."""

from __future__ import annotations

import gc
import json
import os
from dataclasses import asdict
from typing import Any

gc.disable()  # imports make many objects and no garbage; see gc.freeze below

from aws_lambda_powertools.metrics import MetricUnit  # noqa: E402
from aws_lambda_powertools.utilities.typing import LambdaContext  # noqa: E402

from nexus.observability import logger, metrics  # noqa: E402
from nexus.reindexing import Progress  # noqa: E402
from nexus.settings import Settings  # noqa: E402
from nexus.wiring import reindex_services  # noqa: E402

services = reindex_services(Settings.from_environ(os.environ))

# A page of 1,000 objects takes seconds; with less left than this, the run goes on in a new
# invocation.
ENOUGH_MS = 60_000

gc.freeze()
gc.enable()


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Compares bucket and catalogue; `event["progress"]` is where an earlier invocation stopped."""
    progress = services.reindexer.run(
        Progress(**event.get("progress", {})),
        has_time=lambda: context.get_remaining_time_in_millis() > ENOUGH_MS,
    )
    counts = asdict(progress)
    metrics.add_metric("reindex_invocations", MetricUnit.Count, 1)
    if progress.phase != "done":
        services.continuation.start(json.dumps({"progress": counts}))
    else:
        for name in ("listed", "missing", "changed", "removed", "unchanged"):
            metrics.add_metric(f"reindex_{name}", MetricUnit.Count, counts[name])
    logger.info("reindex", extra=counts)
    return counts
