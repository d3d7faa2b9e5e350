"""What Nexus sends itself through the ingestion queue, beside S3's own events.

A request to reconcile an object has the shape of an S3 event; a part of a large document names all
that another worker needs to index it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache

from pydantic import TypeAdapter

from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.models import ObjectState

OWN_SOURCE = "nexus:reindex"


@dataclass(frozen=True, slots=True)
class PartTask:
    """One part of an attempt on a document; `parts` is how many the attempt has.

    `afresh` as in `nexus.ingestion.part_indexer.Run`.
    """

    generation_id: str
    state: ObjectState
    revision: int
    sequencer: str
    outline: Outline
    part: Part
    parts: int
    afresh: bool = False


def reconcile_message(key: str, generation_id: str = "", *, afresh: bool = False) -> str:
    """Asks for an object to be reconciled, in one generation or ("") in all of them.

    Afresh, it is indexed again even if nothing has changed.
    """
    about = {"key": key, "generation": generation_id, "afresh": afresh}
    return json.dumps({"Records": [{"eventSource": OWN_SOURCE, "s3": {"object": about}}]})


def part_message(task: PartTask) -> str:
    """Asks for a part to be indexed."""
    return json.dumps({"part": asdict(task)})


def part_task(values: object) -> PartTask:
    """Reads what `part_message` put under `part`. Raises ValueError for anything else."""
    return _form().validate_python(values)


@cache
def _form() -> TypeAdapter[PartTask]:
    return TypeAdapter(PartTask)  # made once: it takes longer than a whole message
