"""The local model server speaks OpenAI's wire format: driven by OpenAI's own SDK."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import openai
import pytest

from nexus.answering.prompts import NO_ANSWER, answer_messages
from nexus.models import Locator, Passage
from tests.model_server import MODELS_KEY

MODEL = "multilingual-e5-small-neutral"
keyed = httpx.Client(headers={"Authorization": f"Bearer {MODELS_KEY}"})
TEXTS = ["A cat sat on the mat.", "The stock market fell.", "Kittens like rugs. " * 30, "x"]


@pytest.fixture(scope="module")
def client(model_server: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=model_server, api_key=MODELS_KEY, max_retries=0) as made:
        yield made


def passage(title: str, text: str) -> Passage:
    return Passage("c", "d", title, "s3://b/k", "1", Locator(page=3), text, 0.9)


PASSAGES = [
    passage(
        'Fees & "dues"',
        "Tuition is paid twice a year. The late payment charge is 75 dollars per week. "
        "Students with <50 credits pay less.",
    ),
    passage("Library", "The library opens at 08:00 and closes at 22:00 on weekdays. Be quiet."),
]


def ask(
    client: openai.OpenAI,
    question: str,
    passages: Sequence[Passage] = PASSAGES,
    history: Sequence[tuple[str, str]] = (),
    standalone: str = "",
) -> str:
    messages = answer_messages(question, passages, history, standalone=standalone)
    completion = client.chat.completions.create(
        model="extractive",
        messages=[{"role": m.role, "content": m.content} for m in messages],  # type: ignore[misc]
    )
    assert completion.usage is not None
    assert completion.usage.total_tokens > completion.usage.completion_tokens > 0
    return completion.choices[0].message.content or ""


def test_embeddings_come_in_order_and_alike_in_both_encodings(client: openai.OpenAI) -> None:
    default = client.embeddings.create(model=MODEL, input=TEXTS)
    floats = client.embeddings.create(model=MODEL, input=TEXTS, encoding_format="float")
    vectors = np.array([item.embedding for item in default.data])
    assert vectors.shape == (4, 384)
    assert [item.index for item in default.data] == [0, 1, 2, 3]
    np.testing.assert_allclose(vectors, [item.embedding for item in floats.data], atol=1e-6)
    assert vectors[0] @ vectors[2] > vectors[1] @ vectors[2]
    assert default.usage.prompt_tokens == default.usage.total_tokens > 4


def test_one_text_may_stand_without_a_list(client: openai.OpenAI) -> None:
    assert len(client.embeddings.create(model=MODEL, input="hello", dimensions=384).data) == 1


def test_an_answer_is_quoted_and_cited(client: openai.OpenAI) -> None:
    answer = ask(client, "How much is the late payment charge?")
    assert "The late payment charge is 75 dollars per week. [1]" in answer
    assert "[2]" in ask(client, "When does the library open?")


def test_what_the_passages_do_not_say_is_refused(client: openai.OpenAI) -> None:
    assert ask(client, "Who won the football world cup in 1998?") == NO_ANSWER


@pytest.mark.parametrize(
    ("place", "fact"),
    [
        ("parking garage", "The parking garage costs 40 dollars for each month. [1]"),
        ("swimming pool", "The swimming pool costs 6 dollars for each visit. [2]"),
    ],
)
def test_a_follow_up_is_read_in_the_words_that_need_no_talk(
    client: openai.OpenAI, place: str, fact: str
) -> None:
    passages = [
        passage("Campus", "The parking garage costs 40 dollars for each month."),
        passage("Campus", "The swimming pool costs 6 dollars for each visit."),
    ]
    history = [(f"Where is the {place}?", "Behind the main hall. [1]")]
    standalone = f"And how much does the {place} cost?"
    found = ask(client, "And how much does it cost?", passages, history, standalone)
    assert found.startswith(fact)


def test_streaming_gives_the_same_answer_and_the_usage_last(client: openai.OpenAI) -> None:
    question = "How much is the late payment charge?"
    chunks = list(
        client.chat.completions.create(
            model="extractive",
            messages=[
                {"role": "user", "content": answer_messages(question, PASSAGES)[1].content},
            ],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == ask(client, question)
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert len(chunks) > 4
    assert chunks[-1].usage is not None
    assert chunks[-1].choices == []


def test_another_prompt_gets_a_plain_reply(client: openai.OpenAI) -> None:
    made = client.chat.completions.create(
        model="extractive", messages=[{"role": "user", "content": "Write a poem."}]
    )
    assert "OPENAI_API_KEY" in (made.choices[0].message.content or "")


def test_reranking_orders_by_relevance(model_server: str) -> None:
    documents = ["Bananas are yellow.", "The library opens at 08:00.", "Opening a bank account."]
    body = {"model": MODEL, "query": "When does the library open?", "documents": documents}
    response = keyed.post(f"{model_server}/rerank", json=body | {"top_n": 2}).json()
    assert [result["index"] for result in response["results"]] == [1, 2]
    assert response["results"][0]["relevance_score"] > 0.5
    scores = keyed.post(f"{model_server}/rerank", json=body).json()["results"]
    assert scores[-1]["index"] == 0
    assert 0 <= scores[-1]["relevance_score"] < 0.5
    assert response["usage"]["total_tokens"] > 10


def cache_of(model_server: str) -> dict[str, int]:
    found: dict[str, int] = httpx.get(model_server.removesuffix("v1") + "health").json()[
        "state_cache"
    ]
    return found


def test_what_was_embedded_is_reranked_without_being_read_again(
    client: openai.OpenAI, model_server: str
) -> None:
    rules = ("opens at 08:00", "closes on Sundays", "lends ten books", "asks for silence")
    chunks = [f"Library › Rules\nThe library {rule}. " + f"It {rule}. " * 9 for rule in rules]
    client.embeddings.create(model=MODEL, input=chunks[:-1])
    client.embeddings.create(model=MODEL, input=chunks[-1])
    asked = "When does the library open?"
    body = {"model": MODEL, "query": asked, "documents": chunks}
    client.embeddings.create(model=MODEL, input=asked)
    before = cache_of(model_server)
    first = keyed.post(f"{model_server}/rerank", json=body).json()
    after = cache_of(model_server)
    assert after["hits"] - before["hits"] == len(chunks) + 1
    assert after["misses"] == before["misses"]
    assert 0 < after["bytes"] <= after["limit_bytes"]
    assert first["results"][0]["index"] == 0
    read = client.embeddings.create(model=MODEL, input=chunks).usage.total_tokens
    question = client.embeddings.create(model=MODEL, input=asked).usage.total_tokens
    assert first["usage"]["total_tokens"] == read + question


def test_what_was_reranked_once_gets_the_same_scores_unread(model_server: str) -> None:
    documents = ["A passage that nobody embedded. " * 12, "Another of those, on boats. " * 9, "Hm."]
    body = {"model": MODEL, "query": "Who embedded the passage on boats?", "documents": documents}
    before = cache_of(model_server)
    first, second = (keyed.post(f"{model_server}/rerank", json=body).json() for _ in range(2))
    after = cache_of(model_server)
    assert first == second
    assert (after["misses"] - before["misses"], after["hits"] - before["hits"]) == (4, 4)


def test_models_are_listed_and_found(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == [MODEL, "extractive"]
    assert client.models.retrieve("extractive").id == "extractive"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-9")
    assert caught.value.code == "model_not_found"


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="text-embedding-3-small", input="x")
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "x"}])


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"input": []}, "input"),
        ({"input": ["fine", ""]}, "input"),
        ({"input": [[1, 2, 3]]}, "input"),
        ({"input": ["x"] * 2049}, "input"),
        ({"dimensions": 256}, "dimensions"),
    ],
)
def test_a_bad_embedding_request_names_its_parameter(
    client: openai.OpenAI, changes: dict[str, object], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.post("/embeddings", cast_to=object, body={"model": MODEL, "input": "x"} | changes)
    assert caught.value.param == param


def test_bad_bodies_get_openai_errors(model_server: str) -> None:
    for body, status in ((b"{", 400), (b"[]", 400), (b"\xff\xfe", 400), (b"x" * 12_000_001, 413)):
        response = keyed.post(f"{model_server}/embeddings", content=body)
        assert response.status_code == status
        assert response.json()["error"]["type"] == "invalid_request_error"
    too_long = {"model": MODEL, "input": ["x" * 2_000_001]}
    assert keyed.post(f"{model_server}/embeddings", json=too_long).status_code == 413
    assert keyed.get(f"{model_server}/nothing").json()["error"]["message"]
    assert keyed.get(f"{model_server}/embeddings").status_code == 405


def test_a_question_does_not_wait_for_a_batch(client: openai.OpenAI) -> None:
    passages = ["The embargo caused an oil crisis with many effects on politics. " * 15] * 64
    with ThreadPoolExecutor() as pool:
        batch = pool.submit(client.embeddings.create, model=MODEL, input=passages)
        finished_before = 0
        while not batch.done():
            client.embeddings.create(model=MODEL, input="When was the oil crisis?")
            finished_before += not batch.done()
    assert len(batch.result().data) == 64
    assert finished_before >= 3
