"""The nightly function's entry: tends keys and versions, then reindexes, and continues itself."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

gc.disable()  # imports make many objects and no garbage; see gc.freeze below

from aws_lambda_powertools.utilities.typing import LambdaContext  # noqa: E402

from nexus.access.key_times import age_days, review_keys  # noqa: E402
from nexus.errors import UpstreamError  # noqa: E402
from nexus.generations.reindexing import (  # noqa: E402
    Progress,
    reconcile_generations,
    verifies_today,
)
from nexus.metrics import metered, record  # noqa: E402
from nexus.models import ApiClient  # noqa: E402
from nexus.observability import logger  # noqa: E402
from nexus.operations.releases import prune  # noqa: E402
from nexus.settings import Settings  # noqa: E402
from nexus.span_names import FAAS_TRIGGER  # noqa: E402
from nexus.tracing import invoked  # noqa: E402
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
@invoked("reindex", "server", {FAAS_TRIGGER: "timer"})
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Compares bucket, catalogue and index, of every generation or of `event["generation"]`.

    `event["verify"]` says whether the index is compared too; without it, the day does.
    `event["progress"]` is where an earlier invocation stopped.
    """
    if "progress" not in event:
        _look_at_keys(services().now())
        _remove_former_versions(services().now())
        _roll_up(lambda: context.get_remaining_time_in_millis() > ENOUGH_MS)
    every_days = services().settings.verify_days
    verify = event.get("verify", verifies_today(services().now(), every_days))
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


def _look_at_keys(now: float) -> None:
    """Removes the keys that have ended, and warns of those to rotate; a failure is only told."""
    try:
        found = review_keys(services().clients, services().gateway_keys, now)
    except UpstreamError as err:
        record("keys_stuck")  # none of them can be removed
        logger.error("keys_unseen", extra={"reason": str(err)})
        return
    record("keys_to_rotate", len(found.to_rotate))
    record("keys_stuck", len(found.stuck))
    for entry in found.removed:
        logger.info("key_removed", extra=_named(entry, now))
    for entry in found.stuck:
        logger.warning("key_stuck", extra=_named(entry, now))
    for entry in found.to_rotate:
        logger.warning("key_to_rotate", extra=_named(entry, now))


def _remove_former_versions(now: float) -> None:
    """Removes what `nexus rollback` leads to no more; a failure is only told."""
    try:
        removed = prune(services().versions, services().settings.functions, now)
    except UpstreamError as err:
        record("versions_stuck")
        logger.error("versions_stuck", extra={"reason": str(err)})
        return
    if removed:
        logger.info("versions_removed", extra={"removed": removed})


def _roll_up(has_time: Callable[[], bool]) -> None:
    """Sums the days of the question log that are over; a failure is only told."""
    roller = services().roller
    if roller is None:
        return
    try:
        done = roller.roll(has_time)
    except UpstreamError as err:
        record("insights_stuck")
        logger.error("insights_stuck", extra={"reason": str(err)})
        return
    logger.info("rolled_up", extra={"days": done.days, "left": done.left})


def _named(entry: ApiClient, now: float) -> dict[str, Any]:
    return {
        "tenant": entry.principal.tenant,
        "client": entry.principal.client,
        "gateway_key_id": entry.gateway_key_id,
        "age_days": age_days(entry, now),
    }
