"""`nexus pinecone-index`: makes the Pinecone index that a stage's vectors need."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli.aws.account import aws_session
from cli.aws.chosen import chosen_stage
from cli.aws.upstream_keys import asked_for_key
from cli.failure import Failure
from cli.step import Step
from cli.terminal import console
from nexus.settings import Settings
from nexus.wiring.operating import create_pinecone_index, pinecone_regions

DIMENSION = 1536


def pinecone_index(
    name: Annotated[str, typer.Argument(help="Name of the index, for example nexus-prod.")],
    api_key: Annotated[
        str | None,
        typer.Option("--api-key", envvar="PINECONE_API_KEY", help="Asked for unless it is given."),
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option("--stage", help="Stage of cdk.json that says the dimension and the region."),
    ] = None,
    dimension: Annotated[
        int | None,
        typer.Option(
            "--dimension",
            min=1,
            help=f"Length of the embedding model's vectors: the stage's, or {DIMENSION}.",
        ),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option("--region", help="AWS region of the index: the stage's, or AWS_REGION."),
    ] = None,
    protected: Annotated[
        bool, typer.Option("--protected/--unprotected", help="Refuse its deletion.")
    ] = True,
) -> None:
    """Make a Pinecone index with the schema that Nexus needs, and print its host for cdk.json."""
    chosen = chosen_stage(stage) if stage else None
    if not api_key and not sys.stdin.isatty():
        raise Failure("Give Pinecone's API key with PINECONE_API_KEY or --api-key.")
    length = dimension or (chosen.embedding_dimension if chosen else DIMENSION)
    where = region or _region(chosen.region if chosen else "")
    key = api_key or asked_for_key("API key of Pinecone")
    with Step(f"making the index {name} in {where}") as step:
        step.update(f"vectors of {length} numbers")
        host = create_pinecone_index(
            key, name, Settings(embedding_dimension=length), region=where, protected=protected
        )
    console.print(host, soft_wrap=True)


def _region(pinned: str) -> str:
    # Beside the functions, for each question goes there and back twice.
    where, offered = aws_session(pinned).region_name, pinecone_regions()
    if where not in offered:
        raise Failure(
            f"Pinecone is not known to have indexes in {where}: choose the nearest with --region "
            f"({', '.join(offered)}), or {where} itself if Pinecone has it by now."
        )
    return where
