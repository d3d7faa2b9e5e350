"""How often an answer and an index are asked for again is what the settings say."""

from __future__ import annotations

from contextlib import closing

import pytest

from nexus.adapters.pinecone.provisioning import index_schema
from nexus.errors import UpstreamUnavailable
from nexus.ports import Message
from nexus.settings import Settings
from nexus.wiring.aws_clients import aws_clients
from nexus.wiring.models import Models
from nexus.wiring.parts import index_of
from tests.fakes import FakeSecrets
from tests.openai_server import Fault, running_openai_server
from tests.pinecone_server import API_KEY, PineconeServer

SOON = {"retry-after-ms": "1"}
PASSING = Fault(503, headers=SOON)


@pytest.mark.parametrize("tries", [0, 2])
def test_an_answer_that_is_refused_for_the_moment_is_asked_for_again(tries: int) -> None:
    prompt = [Message("user", "Hello?")]
    with running_openai_server() as server:
        settings = Settings(
            models_url=server.base_url, models_secret="models", answer_retries=tries
        )
        chat = Models(settings, FakeSecrets(models="key")).chat()
        server.say("Good day.")
        server.fail(*[PASSING] * tries)
        assert chat.complete(prompt, 100).text == "Good day."
        server.fail(*[PASSING] * (tries + 1))
        with pytest.raises(UpstreamUnavailable):
            chat.complete(prompt, 100)
        assert len(server.requests) == 2 * (tries + 1)


@pytest.mark.parametrize("tries", [0, 1])
def test_pinecone_is_asked_again_as_often_as_the_setting_says(tries: int) -> None:
    with closing(PineconeServer(index_schema(2))) as server:
        settings = Settings(
            embedding_dimension=2,
            vector_index="pinecone",
            pinecone_host=server.url,
            pinecone_secret="index",
            index_retries=tries,
        )
        index = index_of(aws_clients, settings, FakeSecrets(index=API_KEY), settings.generation)
        server.fail_next(tries, 503, headers={"Retry-After": "0.01"})
        index.count("acme.g", "d")
        server.fail_next(tries + 1, 503, headers={"Retry-After": "0.01"})
        with pytest.raises(UpstreamUnavailable):
            index.count("acme.g", "d")
