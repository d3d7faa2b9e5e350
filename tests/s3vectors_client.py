"""The S3 Vectors index as the functions make it, over the tests' server."""

from __future__ import annotations

import pytest
from botocore.credentials import Credentials

from nexus.adapters.aws.json_client import JsonClient
from nexus.adapters.s3vectors.index import S3VectorsIndex
from tests.s3vectors_server import ACCESS_KEY, REGION, SECRET_KEY, S3VectorsServer


def s3_vectors_index(
    server: S3VectorsServer, patch: pytest.MonkeyPatch, dimension: int
) -> S3VectorsIndex:
    """An index over a client that signs with the keys which the server knows."""
    patch.setenv("AWS_ENDPOINT_URL_S3VECTORS", server.url)
    client = JsonClient(
        "s3vectors", REGION, Credentials(ACCESS_KEY, SECRET_KEY), 4, sleep=lambda _: None
    )
    return S3VectorsIndex(client, server.bucket, dimension)
