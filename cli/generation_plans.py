"""Shows the index generations of a stage, and what another one would change and cost."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from rich.table import Table

from cli.connection import Connection
from cli.local.layout import PROJECT
from cli.terminal import console, print_json
from nexus.generations.rebuilding import estimate
from nexus.models import Generation, Generations
from nexus.services import RebuildServices


def show_generations(now: Generations, *, as_json: bool) -> None:
    """Shows which generations there are, and what each one is there for."""
    if as_json:
        print_json({**asdict(now), "known": [asdict(one) for one in now.known]})
        return
    table = Table("generation", "state", "embedding model", "chunks", "made")
    for one in now.known:
        table.add_row(
            one.generation_id,
            _state(now, one),
            f"{one.embedding_model} ({one.embedding_dimension})",
            f"{one.chunk_chars}, overlapping {one.chunk_overlap}",
            one.created_at or "at the first deployment",
        )
    console.print(table)


def _state(now: Generations, one: Generation) -> str:
    states = {now.live: "live", now.previous: "previous", now.building: "being built"}
    return states.get(one.generation_id, "kept")


def show_plan(
    connection: Connection,
    services: RebuildServices,
    now: Generations,
    wanted: Generation,
    *,
    as_json: bool,
) -> None:
    """Shows what indexing everything as `wanted` would change, take and cost."""
    price = connection.settings.embedding_price
    found = estimate(services.places.of(now.answering), price)
    workers = _workers(connection.stage)
    minutes = found.minutes / workers
    same = now.get(wanted.generation_id) is not None
    if as_json:
        answer: dict[str, Any] = {
            "live": asdict(now.answering),
            "planned": asdict(wanted),
            "exists": same,
            **asdict(found),
            "minutes": round(minutes, 2),
        }
        print_json(answer)
        return
    show_generations(replace(now, known=(now.answering,)), as_json=False)
    if same:
        state = _state(now, wanted)
        console.print(
            f"What is configured is generation {wanted.generation_id}, which is {state}: nothing "
            "would change. Give another --embedding-model, --chunk-chars …"
        )
        return
    console.print(
        f"Generation {wanted.generation_id}: {wanted.embedding_model} "
        f"({wanted.embedding_dimension}), chunks of {wanted.chunk_chars} characters overlapping "
        f"{wanted.chunk_overlap}."
    )
    console.print(
        f"{found.documents:,} documents, about {found.chunks:,} chunks and {found.tokens:,} "
        f"tokens: ${found.dollars:,.2f} for embeddings at ${price:g} a million, about "
        f"{max(1, round(minutes)):,} minutes with {workers} workers."
    )
    console.print("`nexus reindex --run` with the same options builds it.")


def _workers(stage: str) -> int:
    stages = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]["stages"]
    return int(stages[stage]["ingest_concurrency"])
