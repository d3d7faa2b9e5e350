"""Creates the Pinecone index that a stage needs, once."""

from __future__ import annotations

import time
from typing import Any

from pinecone import Pinecone
from pinecone.errors.exceptions import ConflictError, NotFoundError
from pinecone.models.enums import AwsRegion
from pinecone.models.indexes.index import IndexModel

from nexus.adapters.pinecone.errors import translated
from nexus.adapters.pinecone.records import TEXT_FIELD, TITLE_FIELD, VECTOR_FIELD
from nexus.errors import UpstreamRefused, UpstreamUnavailable

# https://docs.pinecone.io/guides/index-data/create-an-index#cloud-regions, as the SDK lists them.
REGIONS = tuple(region.value for region in AwsRegion)


def index_schema(dimension: int) -> dict[str, Any]:
    """The schema of an index: only what is searched, as Pinecone refuses any other field.

    Department, tags, date and the rest are metadata, filterable from their first write.
    """
    words = {"language": "en", "stemming": True}
    return {
        "fields": {
            VECTOR_FIELD: {"type": "dense_vector", "dimension": dimension, "metric": "cosine"},
            TEXT_FIELD: {"type": "string", "full_text_search": words},
            TITLE_FIELD: {"type": "string", "full_text_search": words},
        }
    }


def create_index(
    api_key: str,
    name: str,
    dimension: int,
    *,
    cloud: str = "aws",
    region: str = "us-east-1",
    protected: bool = False,
    wait_s: int = 300,
    api_url: str | None = None,
) -> str:
    """Makes the index unless it exists, waits until it serves, and returns its host (https://…).

    `protected` refuses its deletion until that is switched off. Raises UpstreamRefused if an index
    of this name holds other fields or vectors of another dimension, UpstreamUnavailable if it is
    not ready after `wait_s`. Without `api_url` it is the SDK's own, PINECONE_CONTROLLER_HOST or
    Pinecone's.
    """
    with translated():
        indexes = Pinecone(api_key=api_key, host=api_url).indexes
        try:
            index = indexes.describe(name)
        except NotFoundError:
            try:
                index = indexes.create(
                    name=name,
                    schema=index_schema(dimension),
                    deployment={"deployment_type": "managed", "cloud": cloud, "region": region},
                    deletion_protection="enabled" if protected else "disabled",
                    timeout=-1,
                )
            except ConflictError:  # another process was faster
                index = indexes.describe(name)
        _check(index, dimension)
        deadline = time.monotonic() + wait_s
        while not (index.status.ready and index.host):
            if time.monotonic() > deadline:
                raise UpstreamUnavailable(
                    "index", f"Pinecone's index {name} is not ready after {wait_s} s; run it again."
                )
            time.sleep(1)
            index = indexes.describe(name)
    return index.host


def _check(index: IndexModel, dimension: int) -> None:
    vector = index.schema.fields.get(VECTOR_FIELD)
    fits = {VECTOR_FIELD, TEXT_FIELD, TITLE_FIELD} <= index.schema.fields.keys() and getattr(
        vector, "dimension", None
    ) == dimension
    if not fits:
        raise UpstreamRefused(
            "index",
            f"Pinecone already has an index {index.name} that is not Nexus's of dimension "
            f"{dimension}: choose another name or delete it.",
        )
