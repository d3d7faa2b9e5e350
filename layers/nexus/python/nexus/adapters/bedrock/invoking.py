"""Asks one of Bedrock's models by InvokeModel, whose body each model has of its own.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError

from nexus.adapters.openai.connection import ModelsClient, as_json
from nexus.adapters.openai.errors import SERVICE, translate
from nexus.errors import UpstreamUnavailable

# How many tokens were read, for every model.
_TOKENS_READ = "x-amzn-bedrock-input-token-count"


@contextmanager
def translated() -> Iterator[None]:
    """Raises our errors: of the answer, as `openai.errors.translate`, and of the credentials."""
    try:
        with translate():
            yield
    except BotoCoreError as err:
        raise UpstreamUnavailable(
            SERVICE,
            f"There are no AWS credentials to ask Bedrock with ({type(err).__name__}); check the "
            "function's role, or this machine's profile.",
        ) from err


def invoke(client: ModelsClient, model: str, body: Mapping[str, object]) -> tuple[Any, int]:
    """The model's answer, as JSON, and the tokens it read; belongs into a block of `translated`."""
    response = client.post(f"/model/{quote(model, safe='')}/invoke", body)
    told = response.headers.get(_TOKENS_READ, "")
    return as_json(response), int(told) if told.isdigit() else 0
