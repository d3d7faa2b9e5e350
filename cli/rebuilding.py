"""Builds another index generation beside the live one, and decides whether it may answer."""

from __future__ import annotations

import json
import time

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.connection import Connection
from cli.evaluation.questions import GoldenQuestion
from cli.failure import Failure
from cli.terminal import console
from nexus.generations.rebuilding import check, compare
from nexus.models import EVERY_GROUP, Filters, Generation, Generations, Principal
from nexus.services import RebuildServices

POLL_S = 1.0
# A run is started again when a generation has not come nearer for this long.
PATIENCE_S = 120.0
TOP_K = 5


def fill(
    connection: Connection, services: RebuildServices, now: Generations, new: Generation
) -> None:
    """Waits until the new generation has what the live one has, and shows how far it is."""
    live, other = services.places.of(now.answering), services.places.of(new)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task(f"building {new.generation_id}", total=None)
        best, since = -1, 0.0
        while True:
            if time.monotonic() - since > PATIENCE_S:  # at first, and when messages were lost
                _start(connection, new)
                since = time.monotonic()
            found = compare(live, other, time.time())
            bar.update(task, total=found.documents, completed=found.same)
            if not found.behind:
                return
            if found.same > best:
                best, since = found.same, time.monotonic()
            time.sleep(POLL_S)


def _start(connection: Connection, new: Generation) -> None:
    connection.client("lambda").invoke(
        FunctionName=connection.deployment.reindex_function,
        InvocationType="Event",
        Payload=json.dumps({"generation": new.generation_id, "verify": False}).encode(),
    )


def approve(
    services: RebuildServices,
    now: Generations,
    new: Generation,
    questions: list[GoldenQuestion],
    tenant: str,
) -> None:
    """Raises Failure unless the new generation is whole and finds no less than the live one."""
    found = check(services.places.of(new))
    if not found.passed:
        raise Failure(
            f"Of {found.sampled} sampled documents, {found.miscounted} lack chunks and "
            f"{found.lost} are not found by their own vectors: the pointer stays. Run it again, "
            "or drop it."
        )
    console.print(f"{found.sampled} sampled documents are whole and found.")
    asked = [question for question in questions if question.answerable]
    if not asked:
        return
    before, after = (
        sum(_is_found(services, one, question, tenant) for question in asked)
        for one in (now.answering, new)
    )
    total = len(asked)
    console.print(f"Golden questions found among the first {TOP_K}: {before} → {after} of {total}.")
    if not before:
        raise Failure(
            "The live generation finds none of the golden questions, so they tell nothing of the "
            "new one: the pointer stays. Are they about the documents of this tenant?"
        )
    if after < before:
        raise Failure("The new generation finds less than the live one: the pointer stays.")


def _is_found(
    services: RebuildServices, generation: Generation, question: GoldenQuestion, tenant: str
) -> bool:
    retriever = services.readers.of(generation).retriever
    operator = Principal(tenant, "operator", "admin", "admin", groups=(EVERY_GROUP,))
    found = retriever.retrieve(operator, question.text, TOP_K, Filters())
    return any(passage.uri.endswith(f"/{question.document}") for passage in found.passages)
