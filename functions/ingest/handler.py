"""The ingestion function's entry: an SQS batch of S3 events in, the messages to retry out."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

gc.disable()  # imports make many objects and no garbage; see gc.freeze below

from aws_lambda_powertools.utilities.batch import (  # noqa: E402
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord  # noqa: E402
from aws_lambda_powertools.utilities.typing import LambdaContext  # noqa: E402

from functions.ingest.holding import Holding  # noqa: E402
from functions.ingest.performing import perform  # noqa: E402
from functions.ingest.retrying import delay_s  # noqa: E402
from functions.ingest.side_by_side import SideBySide  # noqa: E402
from nexus import metrics  # noqa: E402
from nexus.errors import NexusError, UpstreamError  # noqa: E402
from nexus.ingestion.reports import IndexingReport  # noqa: E402
from nexus.ingestion.tasks import tasks_of  # noqa: E402
from nexus.models import Generations  # noqa: E402
from nexus.observability import logger  # noqa: E402
from nexus.settings import Settings  # noqa: E402
from nexus.span_names import (  # noqa: E402
    CHUNKS,
    CHUNKS_EMBEDDED,
    FAAS_TRIGGER,
    MESSAGING_COUNT,
    MESSAGING_OPERATION,
    MESSAGING_SYSTEM,
    OUTCOME,
    TENANT,
)
from nexus.tracing import invoked, note, step  # noqa: E402
from nexus.wiring.ingest import ingest_services  # noqa: E402
from nexus.wiring.restoring import renewed  # noqa: E402

# With less time left than this, the rest of a batch is left to another invocation.
ENOUGH_MS = 20_000
_TOLD = {FAAS_TRIGGER: "pubsub", MESSAGING_SYSTEM: "aws_sqs", MESSAGING_OPERATION: "process"}

_settings = Settings.from_environ(os.environ)
services = renewed(lambda: ingest_services(_settings))
processor = SideBySide(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

gc.freeze()
gc.enable()


class OutOfTime(Exception):
    """The invocation has too little time left to begin another document."""


@metrics.metered("ingest")
@invoked("ingest", "consumer", _TOLD)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Processes a batch; SQS keeps the messages that this returns as failures."""
    metrics.record("messages", len(event["Records"]))
    note({MESSAGING_COUNT: len(event["Records"])})
    receipts = [record["receiptHandle"] for record in event["Records"]]
    processor.executor = services().executor
    # Read once: a generation that begins later is built from what the bucket then holds.
    known = services().executor.submit(services().indexers.generations)
    with Holding(services().queue, receipts) as holding:
        return dict(
            process_partial_response(
                event=event,
                record_handler=partial(process, holding=holding, known=known.result),
                processor=processor,
                context=context,
            )
        )


def process(
    record: SQSRecord,
    lambda_context: LambdaContext,
    holding: Holding,
    known: Callable[[], Generations],
) -> None:
    """Brings every object that a message names into the index.

    `holding` is its batch's, and `known` gives the generations that exist.
    """
    if lambda_context.get_remaining_time_in_millis() < ENOUGH_MS:
        # Begun now it could be cut off; it comes again at once, in a new invocation.
        holding.let_go(record.receipt_handle, 0)
        raise OutOfTime
    attempt = int(record.attributes.approximate_receive_count)
    try:
        for task in tasks_of(record.body):
            with step("index document"):
                for report in perform(task, services(), known, again=attempt > 1):
                    _report(report)
                    _tell_lag(record, report)
    except Exception as error:
        wait = delay_s(attempt, error)
        # The type and our own sentence: another library's message could quote the document.
        metrics.record("messages_failed")
        if isinstance(error, UpstreamError):
            metrics.record("upstream_errors", dependency=error.service)
        logger.error(
            "document_not_indexed",
            extra={
                "message_id": record.message_id,
                "attempt": attempt,
                "retry_in_s": wait,
                "error": type(error).__name__,
                "detail": str(error) if isinstance(error, NexusError) else None,
            },
        )
        holding.let_go(record.receipt_handle, wait)
        raise


def _tell_lag(message: SQSRecord, report: IndexingReport) -> None:
    """How long what was uploaded took to be found; not where nothing was to be done."""
    sent_ms = message.attributes.get("SentTimestamp")
    if report.outcome in ("indexed", "deleted") and sent_ms:
        metrics.record("ingestion_lag", max(0.0, time.time() - int(sent_ms) / 1000))


def _report(report: IndexingReport) -> None:
    logger.info(
        "document",
        extra={
            "tenant": report.tenant,
            "document_id": report.document_id,
            "status": report.outcome,
            "reason": report.reason,
            "chunks": report.chunks,
            "chunks_embedded": report.chunks_embedded,
            "tokens_embedded": report.tokens_embedded,
            "duration_ms": round(report.duration_ms, 1),
        },
    )
    note(
        {
            TENANT: report.tenant,
            OUTCOME: report.outcome,
            CHUNKS: report.chunks,
            CHUNKS_EMBEDDED: report.chunks_embedded,
        }
    )
    metrics.record(f"documents_{report.outcome}")
    metrics.record("chunks_seen", report.chunks)
    metrics.record("chunks_reused", report.chunks - report.chunks_embedded)
    metrics.record("chunks_embedded", report.chunks_embedded)
