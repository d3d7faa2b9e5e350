"""Opens the one connection to the model endpoint, and says when a retry makes no sense.

Two kinds of JSON are posted, and recordings. OpenAI's SDK would do that over the same HTTP client,
and take as long again for each call and 60 ms of every start for what it offers beside.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2

from nexus import __version__
from nexus.adapters.http_deadline import hooks
from nexus.adapters.openai.direct import Answer, Direct
from nexus.adapters.openai.errors import (
    WRONG_CALL,
    StatusError,
    not_understood,
    retry_after_s,
    translate,
)
from nexus.adapters.openai.meanings import tells_what_it_means
from nexus.adapters.openai.renewing import RenewedKey
from nexus.adapters.resending import IN_ONE_PIECE, transport
from nexus.adapters.tls_context import tls_context
from nexus.deadline import current
from nexus.errors import ConfigurationError

A = TypeVar("A", bound=Answer)

_PING_TIMEOUT_S = 3.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 8.0


def connect(
    base_url: str,
    api_key: str,
    timeout_s: float,
    retries: int,
    longest_wait_s: float = 5.0,
    read_key: Callable[[], str] | None = None,
    auth: httpx2.Auth | None = None,
) -> ModelsClient:
    """One client for all calls to the endpoint; safe to share between threads.

    A connection that breaks before a byte of an answer has come is replaced once, at once. Each try
    may take `timeout_s`; time-outs, 408, 409, 429, 5xx and what says of itself that it passes are
    tried `retries` times more, after 0.5 s doubling to 8 s less up to a quarter at random, or after
    what Retry-After says. A wait of more than `longest_wait_s` is not slept
    through: the call fails at once, with that wait in the error. No try outlasts the request's
    deadline. A key that is refused is read again with `read_key`; `auth`, which signs each request,
    stands for both. Raises ConfigurationError for a URL or a key that cannot be used.
    """
    url = _url(base_url)
    if auth is None:
        _check_key(api_key)
    timeout = httpx2.Timeout(timeout_s, connect=min(timeout_s, 5.0))
    by_deadline = hooks()
    sends, key = transport(), RenewedKey(read_key) if read_key else None
    http = httpx2.Client(
        # A query belongs behind each call's path, such as Azure's `api-version`.
        base_url=url.copy_with(query=None),
        params=url.params,
        headers={
            "accept": "application/json",
            "user-agent": f"nexus/{__version__}",
            **({"authorization": f"Bearer {api_key}"} if auth is None else {}),
        },
        timeout=timeout,
        follow_redirects=auth is None,  # what is signed is for one host
        verify=tls_context(),
        transport=sends,
        auth=auth or key,
        event_hooks={
            **by_deadline,
            "response": [*by_deadline["response"], tells_what_it_means(longest_wait_s)],
        },
    )
    # What is signed is signed as httpx2 sends it.
    direct = Direct(http, sends, key) if sends is not None and auth is None else None
    return ModelsClient(http, retries, direct=direct)


def _check_key(api_key: str) -> None:
    if not api_key:
        raise ConfigurationError(
            "The secret that NEXUS_MODELS_SECRET names is empty; put the endpoint's API key in it, "
            "or any word if the endpoint asks for none."
        )
    if not api_key.isascii():
        raise ConfigurationError(
            "The secret that NEXUS_MODELS_SECRET names must be one line of plain text."
        )


class ModelsClient:
    """Sends JSON and forms over an HTTP client, and again after what passes; made by `connect`.

    `ends_in_time` is whether `post` ends by the deadline, wherever the other side hangs.
    """

    def __init__(
        self,
        http: httpx2.Client,
        retries: int,
        sleep: Callable[[float], None] = time.sleep,
        direct: Direct | None = None,
    ) -> None:
        self._http = http
        self._direct = direct
        self._retries = retries
        self._sleep = sleep
        # What signs may have to fetch credentials first, and a proxy is asked step by step.
        self.ends_in_time = direct is not None
        self._urls: dict[str, httpx2.URL] = {}
        self.host = http.base_url.host

    def post(self, path: str, body: Mapping[str, object]) -> Answer:
        """The good answer. Raises StatusError for another, and httpx2's errors for none."""
        if self._direct is not None:
            return self._sent(self._direct.post, path, body)
        return self._sent(self._posted, path, json=body, extensions=IN_ONE_PIECE)

    def post_form(
        self, path: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes, str]]
    ) -> Answer:
        """The good answer to a form with files (name, content, media type). Raises as `post`."""
        return self._sent(self._posted, path, data=dict(fields), files=dict(files))

    def _sent(self, send: Callable[..., Answer], path: str, *body: object, **how: Any) -> Answer:
        for tried in range(self._retries):
            try:
                response = send(path, *body, **how)
            except httpx2.RequestError as err:
                pause_s = _pause_s(tried, None)
                told_once = isinstance(err, (*WRONG_CALL, httpx2.TooManyRedirects))
                if told_once or not current().fits(pause_s):
                    raise
            else:
                if not isinstance(response, httpx2.Response) or response.is_success:
                    return response
                pause_s = _pause_s(tried, retry_after_s(response.headers))
                if not _may_pass(response) or not current().fits(pause_s):
                    raise StatusError(response)
            self._sleep(pause_s)
        return _good(send(path, *body, **how))

    def _posted(self, path: str, **how: Any) -> httpx2.Response:
        # The client puts a path behind its own URL anew for each request, at a tenth of a call.
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = self._http.build_request("POST", path).url
        return self._http.post(url, **how)

    @contextmanager
    def stream(self, path: str, body: Mapping[str, object]) -> Iterator[httpx2.Response]:
        """The good answer as it comes: one try, as one that has begun cannot be begun again.

        Raises as `post`.
        """
        with self._http.stream(
            "POST", path, json=body, headers={"accept": "text/event-stream, application/json"}
        ) as response:
            if not response.is_success:
                response.read()
            yield _good(response)

    def get(self, path: str, timeout_s: float) -> httpx2.Response:
        """The good answer of one try. Raises as `post`."""
        return _good(self._http.get(path, timeout=timeout_s))


def post(client: ModelsClient, path: str, body: Mapping[str, object]) -> Any:
    """The endpoint's answer to a JSON body, as JSON; belongs into a block of `translate`."""
    return as_json(client.post(path, body))


def ping(client: ModelsClient, model: str) -> None:
    """Returns when the endpoint answers and does not deny the model; one quick try."""
    with translate():
        try:
            client.get(f"/models/{quote(model, safe='')}", _PING_TIMEOUT_S)
            return
        except StatusError as err:
            if err.status_code != 404 or err.code == "model_not_found":
                raise
        # Some endpoints can only list their models.
        as_json(client.get("/models", _PING_TIMEOUT_S))


def _url(base_url: str) -> httpx2.URL:
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL:
        url = httpx2.URL()
    if url.scheme not in ("https", "http") or not url.host:
        raise ConfigurationError("NEXUS_MODELS_URL must be a URL that begins with https://.")
    return url


def _good(response: A) -> A:
    if isinstance(response, httpx2.Response) and not response.is_success:
        raise StatusError(response)
    return response


def _may_pass(response: httpx2.Response) -> bool:
    """Whether another try makes sense, by OpenAI's header or by the status."""
    told = response.headers.get("x-should-retry")
    if told in ("true", "false"):
        return told == "true"
    return response.status_code in (408, 409, 429) or response.status_code >= 500


def _pause_s(tried: int, asked_s: float | None) -> float:
    if asked_s:
        return asked_s
    longest = min(_FIRST_PAUSE_S * 2.0**tried, _LONGEST_PAUSE_S)
    return longest * random.uniform(0.75, 1)  # noqa: S311 - jitter


def as_json(response: Answer) -> Any:
    """An answer's body as JSON. Raises UpstreamRefused for another kind, ValueError for damage."""
    try:
        return response.json()
    except (ValueError, RecursionError) as err:
        kind = response.headers.get("content-type", "").partition(";")[0]
        if kind.strip().endswith("json") and isinstance(err, json.JSONDecodeError):
            raise  # it is damaged
        raise not_understood() from err
