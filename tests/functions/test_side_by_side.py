"""A batch's messages are worked side by side, those about one document in their order."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator

import pytest
from aws_lambda_powertools.utilities.batch import EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from functions.ingest.side_by_side import AT_ONCE, SideBySide
from nexus.bounded import CarryingExecutor
from tests.functions.ingest_services import Context

LONGEST_S = 20


@pytest.fixture
def executor() -> Iterator[CarryingExecutor]:
    made = CarryingExecutor()
    yield made
    made.shutdown()


def about(number: int, key: str) -> dict[str, object]:
    body = json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
    return {"messageId": str(number), "body": body}


def worked(
    executor: CarryingExecutor, messages: list[dict[str, object]], work: Callable[[str], None]
) -> list[str]:
    """The ids of the messages that failed; `work` is given each one's id."""
    processor = SideBySide(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    processor.executor = executor

    def handle(record: SQSRecord) -> None:
        work(record.message_id)

    found = process_partial_response(
        event={"Records": messages},
        record_handler=handle,
        processor=processor,
        context=Context(),  # type: ignore[arg-type]
    )
    return sorted(str(one["itemIdentifier"]) for one in found["batchItemFailures"])


def meet(others: threading.Barrier) -> None:
    others.wait()


def test_messages_about_several_documents_are_worked_at_once(executor: CarryingExecutor) -> None:
    meeting = threading.Barrier(AT_ONCE, timeout=LONGEST_S)
    messages = [about(number, f"documents/acme/{number}.md") for number in range(AT_ONCE)]
    assert worked(executor, messages, lambda _: meet(meeting)) == []


def test_messages_about_one_document_are_worked_one_after_another(
    executor: CarryingExecutor,
) -> None:
    at_work = threading.Lock()
    order: list[str] = []

    def work(message_id: str) -> None:
        assert at_work.acquire(blocking=False)
        order.append(message_id)
        at_work.release()

    messages = [about(number, "documents/acme/a.md") for number in range(9)]
    assert worked(executor, messages, work) == []
    assert order == [str(number) for number in range(9)]


def test_only_what_failed_comes_again(executor: CarryingExecutor) -> None:
    def work(message_id: str) -> None:
        if int(message_id) % 3 == 0:
            raise ValueError(message_id)

    messages = [about(number, f"documents/acme/{number}.md") for number in range(10)]
    messages[4]["body"] = "no JSON"
    assert worked(executor, messages, work) == ["0", "3", "6", "9"]
