"""What is posted to a model endpoint goes to the right address, and again only when that can help.

Held to what OpenAI's SDK did in its place: `_should_retry` and `_calculate_retry_timeout` of its
`_base_client.py`, version 3.51.
"""

from __future__ import annotations

import httpx2
import pytest

from nexus.adapters.openai.connection import ModelsClient, connect, post
from nexus.adapters.openai.errors import StatusError
from nexus.errors import ConfigurationError

BODY = {"model": "m"}


class Endpoint:
    """Answers with these, in turn; an error is raised as the socket's."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = iter(answers)
        self.seen: list[httpx2.Request] = []
        self.pauses: list[float] = []

    def client(self, retries: int = 3) -> ModelsClient:
        http = httpx2.Client(transport=httpx2.MockTransport(self._answer), base_url="http://h/v1")
        return ModelsClient(http, retries, self.pauses.append)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(request)
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


def said(status: int, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, headers=named, json={})


def test_pauses_double_and_are_up_to_a_quarter_shorter() -> None:
    endpoint = Endpoint(*[said(500)] * 6, said(200))
    assert post(endpoint.client(6), "/embeddings", BODY) == {}
    for pause, longest in zip(endpoint.pauses, (0.5, 1, 2, 4, 8, 8), strict=True):
        assert 0.75 * longest <= pause <= longest


def test_the_wait_that_is_asked_for_takes_the_pause_s_place() -> None:
    endpoint = Endpoint(said(429, retry_after="3"), said(429, retry_after_ms="250"), said(200))
    post(endpoint.client(), "/embeddings", BODY)
    assert endpoint.pauses == [3.0, 0.25]


@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        (said(400), 1),
        (said(422), 1),
        (said(304), 1),
        (said(400, x_should_retry="true"), 2),
        (said(503, x_should_retry="false"), 1),
        (said(408), 2),
        (said(409), 2),
        (said(599), 2),
        (httpx2.ReadTimeout("late"), 2),
        (httpx2.RemoteProtocolError("cut"), 2),
        (httpx2.DecodingError("damaged"), 2),
        (httpx2.TooManyRedirects("round"), 1),
        (httpx2.UnsupportedProtocol("ftp"), 1),
    ],
)
def test_only_what_may_pass_is_tried_again(answer: httpx2.Response | Exception, tries: int) -> None:
    endpoint = Endpoint(answer, answer)
    with pytest.raises((StatusError, httpx2.HTTPError)):
        endpoint.client(1).post("/embeddings", BODY)
    assert len(endpoint.seen) == tries


@pytest.mark.parametrize("url", ["http://[::1/v1", "http:///v1", "https://h:port/v1", "ftp://h"])
def test_an_address_that_cannot_be_asked_is_told_when_the_function_starts(url: str) -> None:
    with pytest.raises(ConfigurationError, match="NEXUS_MODELS_URL"):
        connect(url, "key", 5, 0)


def test_a_key_that_no_header_can_hold_is_told_when_the_function_starts() -> None:
    with pytest.raises(ConfigurationError, match="plain text"):
        connect("https://h/v1", "schlüssel", 5, 0)
