"""The connect function's entry: starts a run for each source, or brings what one has."""

from __future__ import annotations

import gc
import json
import os
from dataclasses import asdict
from typing import Any

gc.disable()  # imports make many objects and no garbage; see gc.freeze below

from aws_lambda_powertools.utilities.typing import LambdaContext  # noqa: E402

from nexus.connectors.running import is_bearable  # noqa: E402
from nexus.deadline import within  # noqa: E402
from nexus.errors import InProgress, NotFound, UpstreamError  # noqa: E402
from nexus.metrics import metered, record  # noqa: E402
from nexus.observability import logger  # noqa: E402
from nexus.settings import Settings  # noqa: E402
from nexus.span_names import FAAS_TRIGGER  # noqa: E402
from nexus.tracing import invoked  # noqa: E402
from nexus.wiring.connect import connect_services  # noqa: E402
from nexus.wiring.restoring import renewed  # noqa: E402

_settings = Settings.from_environ(os.environ)
services = renewed(lambda: connect_services(_settings))

# A document takes seconds; with less left than this, the run goes on in a new invocation.
ENOUGH_MS = 100_000
# What is left for writing down how far a run came, when a call is broken off.
LAST_S = 15.0
# Besides how often it ran: none, as each metric costs more than what it would tell of a run. The
# log has the rest (`source`), and so does `nexus connect list`.
COUNTED = ()

gc.freeze()
gc.enable()


@metered("connect")
@invoked("connect", "server", {FAAS_TRIGGER: "timer"})
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Without `event["source"]`, starts a run for each source of each tenant.

    With it and `event["tenant"]`, runs that source, and itself again until it is through, unless
    `event["once"]`; `event["confirm"]` lets it remove more than half of the source's documents.
    Raises what made the run fail, if it will not pass by itself.
    """
    record("connect_invocations")
    if "source" not in event:
        return _start_all()
    tenant, name = event["tenant"], event["source"]
    about = {"tenant": tenant, "source": name}
    confirm = bool(event.get("confirm"))
    left_ms = context.get_remaining_time_in_millis
    try:
        with within(left_ms() / 1000 - LAST_S):
            report = services().runner.run(
                tenant, name, lambda: left_ms() > ENOUGH_MS, confirm=confirm
            )
    except (InProgress, NotFound) as err:
        if event.get("once"):
            raise
        logger.info("source_not_run", extra={**about, "reason": str(err)})
        return about
    except UpstreamError as err:
        status = services().registry.find(tenant, name)
        if event.get("once") or not is_bearable(err, status):
            raise
        logger.warning("source_unreachable", extra={**about, "reason": str(err)})
        return about
    counts = asdict(report)
    logger.info("source", extra={**about, **{k: v for k, v in counts.items() if k != "left_out"}})
    if not report.finished and not event.get("once"):
        services().continuation.start(json.dumps({**about, "confirm": confirm}))
    return {**about, **counts}


def _start_all() -> dict[str, Any]:
    """One run for each source: none waits for another that is slow."""
    found = services().registry.sources()
    for one in found:
        event = {"tenant": one.spec.tenant, "source": one.spec.name}
        services().continuation.start(json.dumps(event))
    logger.info("sources", extra={"sources": len(found)})
    return {"sources": len(found)}
