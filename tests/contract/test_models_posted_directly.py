"""A call in one piece goes on the wire, and ends, as it would through httpx2's client alone."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx2
import pytest

from nexus.adapters.openai.connection import ModelsClient, connect
from nexus.adapters.openai.errors import StatusError
from nexus.deadline import Deadline, meeting, within

BODY = {"model": "m", "input": ["Grüße", 0.25, None]}


# One answer: status, content, headers.
Told = tuple[int, bytes, tuple[tuple[str, str], ...]]


def told(status: int, content: bytes = b"{}", *headers: tuple[str, str]) -> Told:
    return status, content, headers


class Endpoint:
    """Answers with these, in turn, and notes each request with all of its headers."""

    def __init__(self) -> None:
        self.answers: Iterator[Told] = iter(())
        self.seen: list[tuple[str, str, list[tuple[str, str]], bytes]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                headers = sorted((name.lower(), told) for name, told in self.headers.items())
                endpoint.seen.append((self.command, self.path, headers, body))
                status, content, named = next(endpoint.answers)
                self.send_response(status)
                for name, value in named:
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST  # noqa: N815 - http.server's name

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    served = Endpoint()
    yield served
    served.close()


@contextmanager
def counted(client: ModelsClient) -> Iterator[list[httpx2.Request]]:
    """What goes through httpx2's client meanwhile."""
    through: list[httpx2.Request] = []
    hooks = client._http.event_hooks
    hooks["request"].append(through.append)
    client._http.event_hooks = hooks
    yield through


def through_httpx2(client: ModelsClient) -> ModelsClient:
    return ModelsClient(client._http, client._retries, client._sleep)


# What each endpoint answers, and how many of its answers need httpx2's client.
CASES: dict[str, tuple[list[Told], int]] = {
    "good": ([told(200, b'{"a": 1}'), told(200)], 0),
    "no error": (
        [
            told(200, b'{"error": null, "output": []}'),
            told(200, b'{"error":null,"type":"error"}'),
            told(200),
        ],
        1,
    ),
    "compressed": ([told(200, gzip.compress(b'{"a": 1}'), ("content-encoding", "gzip"))] * 2, 0),
    "damaged": ([told(200, b"no gzip", ("content-encoding", "gzip")), told(200)], 0),
    "empty": ([told(200, b"")], 0),
    "other than 200": ([told(201, b'{"a": 1}'), told(202)], 2),
    "no content": ([told(204, b"")], 1),
    "events": ([told(200, b"data: {}\n\n", ("content-type", "text/event-stream"))], 1),
    "masked": ([told(200, b'{"error": {"code": "429"}}'), told(200)], 1),
    "masked by gzip": (
        [told(200, gzip.compress(b'{"detail": "no"}'), ("content-encoding", "gzip"))],
        1,
    ),
    "refused": ([told(400, b'{"error": {"code": "c", "param": "p"}}')], 1),
    "busy": ([told(503), told(429, b"{}", ("retry-after", "0.001")), told(200, b"[]")], 2),
    "too long a wait": ([told(429, b"{}", ("retry-after", "9"))], 1),
    "cookies": (
        [
            told(200, b"{}", ("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2; Path=/v1")),
            told(200, b"{}", ("set-cookie", "a=; Max-Age=0; Path=/")),
            told(200),
        ],
        0,
    ),
    "another address": ([told(307, b"", ("location", "/v2/x")), told(200, b'{"b": 2}')], 2),
    "an address to get": ([told(302, b"", ("location", "/v3")), told(200, b'{"c": 3}')], 2),
    "a circle": ([told(307, b"", ("location", "/v1/x"))] * 21, 21),
    "no address": ([told(307)], 1),
    "a new key": ([told(401), told(200), told(200)], 2),
    "no new key": ([told(401), told(403), told(403)], 3),
}


def ended(client: ModelsClient, answers: list[Told], endpoint: Endpoint) -> list[object]:
    """What comes of calls until all of the answers have been given."""
    left = list(answers)
    endpoint.answers = (left.pop(0) for _ in answers)
    found: list[object] = []
    while left:
        try:
            answer = client.post("/x", BODY)
        except StatusError as err:
            should = err.headers.get("x-should-retry")
            found.append((err.status_code, err.body, err.code, err.param, should))
        except httpx2.HTTPError as err:
            found.append((type(err), str(err)))
        else:
            assert "content-length" in answer.headers or answer.content == b""
            found.append((answer.content, answer.headers.get("content-type")))
    return found


@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_it_would_through_httpx2_s_client(endpoint: Endpoint, name: str) -> None:
    answers, unusual = CASES[name]
    outcomes = []
    ways: list[Callable[[ModelsClient], ModelsClient]] = [through_httpx2, lambda client: client]
    key = "new" if name == "a new key" else "old"
    for way in ways:
        endpoint.seen.clear()
        made = connect(endpoint.url, "old", 5, 1, read_key=lambda: key)
        client = way(made)
        client._sleep = lambda _: None
        with counted(made) as through:
            found = ended(client, answers, endpoint)
        outcomes.append((found, [*endpoint.seen]))
        needed = len(through)
    assert outcomes[0] == outcomes[1]
    assert needed == unusual


@pytest.mark.parametrize(
    ("suffix", "address"),
    [
        ("", "/v1/embeddings"),
        ("/", "/v1/embeddings"),
        ("?api-version=2024-10-21", "/v1/embeddings?api-version=2024-10-21"),
        ("/?a=1&b=x", "/v1/embeddings?a=1&b=x"),
    ],
)
def test_a_query_of_the_address_stands_behind_each_call_s_path(
    endpoint: Endpoint, suffix: str, address: str
) -> None:
    client = connect(f"{endpoint.url}{suffix}", "key", 5, 0)
    endpoint.answers = iter([told(200)] * 2)
    endpoint.seen.clear()
    client.post("/embeddings", BODY)
    client.get("/embeddings", 5)
    assert [path for _, path, *_ in endpoint.seen] == [address] * 2


def test_a_name_in_the_address_is_told_by_httpx2(endpoint: Endpoint) -> None:
    client = connect(endpoint.url.replace("//", "//name:word@"), "key", 5, 0)
    endpoint.answers = iter([told(200)])
    with counted(client) as through:
        client.post("/x", BODY)
    assert len(through) == 1
    assert ("authorization", "Basic bmFtZTp3b3Jk") in endpoint.seen[-1][2]


def test_what_comes_behind_the_deadline_is_no_answer(endpoint: Endpoint) -> None:
    client = connect(endpoint.url, "key", 5, 0)
    endpoint.answers = iter([told(200)] * 2)
    with within(0), pytest.raises(httpx2.TimeoutException):
        client.post("/x", BODY)


def test_nor_is_what_ends_with_it(endpoint: Endpoint) -> None:
    client = connect(endpoint.url, "key", 5, 0)
    now = [0.0]

    def late() -> Iterator[Told]:
        now[0] = 11.0
        yield told(200)

    endpoint.answers = late()
    with meeting(Deadline(10, lambda: now[0])), pytest.raises(httpx2.ReadTimeout):
        client.post("/x", BODY)


BAD: list[tuple[object, type[Exception]]] = [
    ({"a": float("nan")}, ValueError),
    ({"a": "\ud800"}, UnicodeEncodeError),
    ({"a": {1, 2}}, TypeError),
]


@pytest.mark.parametrize(("body", "error"), BAD)
def test_what_is_no_json_is_not_sent(
    endpoint: Endpoint, body: dict[str, object], error: type[Exception]
) -> None:
    endpoint.seen.clear()
    with pytest.raises(error):
        connect(endpoint.url, "key", 5, 0).post("/x", body)
    assert endpoint.seen == []
