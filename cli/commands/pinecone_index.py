"""`nexus pinecone-index`: makes the Pinecone index that a stage's vectors need."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.terminal import console
from nexus.settings import Settings
from nexus.wiring.operating import create_pinecone_index


def pinecone_index(
    name: Annotated[str, typer.Argument(help="Name of the index, for example nexus-prod.")],
    api_key: Annotated[str, typer.Option("--api-key", envvar="PINECONE_API_KEY")],
    dimension: Annotated[
        int, typer.Option("--dimension", min=1, help="Length of the embedding model's vectors.")
    ] = 1536,
    region: Annotated[str, typer.Option("--region", help="AWS region of the index.")] = "us-east-1",
    protected: Annotated[
        bool, typer.Option("--protected/--unprotected", help="Refuse its deletion.")
    ] = True,
) -> None:
    """Make a Pinecone index with the schema that Nexus needs, and print its host for cdk.json."""
    settings = Settings(embedding_dimension=dimension)
    host = create_pinecone_index(api_key, name, settings, region=region, protected=protected)
    console.print(host, soft_wrap=True)
