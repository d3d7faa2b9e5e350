"""Works a batch's messages side by side, those about one document one after another.

A small document waits for the network most of its time, and another can be read meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor

# More would wait for one another's connections: each document uses up to three at once.
AT_ONCE = 6


class SideBySide(BatchProcessor):
    """Powertools' processor of partial batches, in several threads of an executor."""

    executor: Executor

    def process(self) -> list[tuple[Any, ...]]:
        """What became of each record; no order is kept but that of a document's own messages."""
        groups = list(_grouped(self.records))
        lanes = [groups[lane::AT_ONCE] for lane in range(min(AT_ONCE, len(groups)))]
        rest = [self.executor.submit(self._worked, lane) for lane in lanes[1:]]
        done = self._worked(lanes[0]) if lanes else []
        return [*done, *(result for lane in rest for result in lane.result())]

    def _worked(self, lane: Sequence[Sequence[dict[str, Any]]]) -> list[tuple[Any, ...]]:
        return [self._process_record(record) for group in lane for record in group]


def _grouped(records: Iterable[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    """The records by the objects that they name, each group in the order of their coming."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        groups.setdefault(_named(record["body"]), []).append(record)
    return groups.values()


def _named(body: str) -> str:
    """What a message is about; the message itself, where it does not say so."""
    try:
        return "\n".join(one["s3"]["object"]["key"] for one in json.loads(body)["Records"])
    except (ValueError, KeyError, TypeError):
        return body
