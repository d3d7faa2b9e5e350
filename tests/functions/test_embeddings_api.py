"""POST /v1/embeddings, by OpenAI's own SDK and within a budget."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import openai
import pytest

from nexus.models import Budget
from tests.functions.budgeted import KEY, BudgetedWorld, cap
from tests.functions.serving import served

MODEL = "text-embedding-3-small"


@contextmanager
def sdk(world: BudgetedWorld) -> Iterator[openai.OpenAI]:
    """OpenAI's client of a server of this world."""
    with served(world) as url:
        yield openai.OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0)


def test_openai_s_sdk_gets_vectors_in_order_as_base64_and_as_numbers() -> None:
    texts = ["the fee", "the pool", "the fee"]
    with sdk(BudgetedWorld()) as client:
        packed = client.embeddings.create(model=MODEL, input=texts)  # it asks for base64
        plain = client.embeddings.create(model=MODEL, input=texts, encoding_format="float")
    assert [one.index for one in packed.data] == [0, 1, 2]
    assert packed.data[0].embedding == packed.data[2].embedding != packed.data[1].embedding
    for one, other in zip(packed.data, plain.data, strict=True):
        assert one.embedding == pytest.approx(other.embedding, abs=1e-6)
    assert (plain.usage.prompt_tokens, plain.model) == (6, MODEL)


def test_what_is_embedded_is_charged_and_refused_when_the_budget_is_spent() -> None:
    world = BudgetedWorld(Budget(tokens_day=2))
    with sdk(world) as client:
        client.embeddings.create(model=MODEL, input="the tuition fee")
        assert cap(world.usage(KEY)["web"], "tokens", "day")["spent"] == 3
        with pytest.raises(openai.RateLimitError) as refused:
            client.embeddings.create(model=MODEL, input="more")
    assert refused.value.code == "insufficient_quota"


@pytest.mark.parametrize(
    ("given", "status", "named"),
    [
        ({"input": []}, 422, "input"),
        ({"input": ["a"] * 257}, 422, "256"),
        ({"input": " "}, 422, "spaces"),
        ({"input": "a" * 20_001}, 422, "20,000"),
        ({"input": [[1, 2, 3]]}, 422, "tokens"),
        ({"input": ["a" * 19_000] * 22}, 422, "400,000"),
        ({"input": "a", "dimensions": 512}, 422, "256"),
        ({"input": "a", "model": "text-embedding-ada-002"}, 404, MODEL),
    ],
)
def test_what_cannot_be_embedded_is_told_in_openai_s_form(
    given: dict[str, object], status: int, named: str
) -> None:
    refused = BudgetedWorld().over().post("/v1/embeddings", json={"model": MODEL, **given})
    assert refused.status_code == status
    assert named in refused.json()["error"]["message"]
