"""The local models, as every quality test asks them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.model_server import running_model_server


@pytest.fixture(scope="session")
def model_server() -> Iterator[str]:
    """The base URL of a real local model server."""
    with running_model_server() as base_url:
        yield base_url
