"""Queue messages name objects: S3's own events, its test event, and reindexing's."""

from __future__ import annotations

import json

import pytest

from nexus.ingestion.messages import reconcile_message
from nexus.ingestion.tasks import ChangedObject, tasks_of


def s3_event(key: str, sequencer: str = "0055AED6DCD90281E5") -> str:
    record = {
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "s3": {"object": {"key": key, "sequencer": sequencer}},
    }
    return json.dumps({"Records": [record]})


def test_keys_are_decoded_as_s3_encodes_them() -> None:
    (found,) = tasks_of(s3_event("documents/acme/Biaya+Kuliah+%282026%29.pdf"))
    assert found == ChangedObject("documents/acme/Biaya Kuliah (2026).pdf", "0055AED6DCD90281E5")


def test_a_reindexing_message_carries_its_key_plain() -> None:
    (found,) = tasks_of(reconcile_message("documents/acme/100%+more.txt"))
    assert found == ChangedObject("documents/acme/100%+more.txt", "")


def test_the_test_event_of_s3_names_nothing() -> None:
    assert list(tasks_of('{"Service": "Amazon S3", "Event": "s3:TestEvent"}')) == []


@pytest.mark.parametrize("body", ["not json", "{}", '{"Records": [{}]}', "[]"])
def test_a_message_of_another_shape_is_kept_for_the_dead_letter_queue(body: str) -> None:
    with pytest.raises((ValueError, KeyError, AttributeError)):
        list(tasks_of(body))
