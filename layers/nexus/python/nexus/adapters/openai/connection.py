"""Opens the one connection to the model endpoint, and says when a retry makes no sense.

The SDK's client makes the calls, but its APIs (`client.responses` and the others) and their types
are left alone: loading them takes longer than all else that a function does when it starts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx2
import openai

from nexus.adapters.http_deadline import hooks
from nexus.adapters.openai.bodies import error_in
from nexus.adapters.openai.errors import not_understood, retry_after_s, translate
from nexus.adapters.openai.renewing import RenewedKey
from nexus.adapters.openai.told import kind_of, status_in, words_of
from nexus.adapters.resending import transport
from nexus.adapters.tls_context import tls_context
from nexus.errors import ConfigurationError

_PING_TIMEOUT_S = 3.0


def connect(
    base_url: str,
    api_key: str,
    timeout_s: float,
    retries: int,
    longest_wait_s: float = 5.0,
    read_key: Callable[[], str] | None = None,
) -> openai.OpenAI:
    """One client for all calls to the endpoint; safe to share between threads.

    A connection that breaks before a byte of an answer has come is replaced once, at once. Each try
    may take `timeout_s`; time-outs, 408, 409, 429, 5xx and what says of itself that it passes are
    tried `retries` times more, after 0.5 s doubling to 8 s less up to a quarter at random, or after
    what Retry-After says. A wait of more than `longest_wait_s` is not slept
    through: the call fails at once, with that wait in the error. No try outlasts the request's
    deadline. A key that is refused is read again with `read_key`. Raises ConfigurationError for a
    URL or a key that cannot be used.
    """
    if not base_url.startswith(("https://", "http://")):
        raise ConfigurationError("NEXUS_MODELS_URL must be a URL that begins with https://.")
    if not api_key:
        raise ConfigurationError(
            "The secret that NEXUS_MODELS_SECRET names is empty; put the endpoint's API key in it, "
            "or any word if the endpoint asks for none."
        )
    timeout = httpx2.Timeout(timeout_s, connect=min(timeout_s, 5.0))
    by_deadline = hooks()
    return openai.OpenAI(
        base_url=base_url,
        api_key=api_key,
        timeout=timeout,
        max_retries=retries,
        http_client=openai.DefaultHttpxClient(
            timeout=timeout,
            verify=tls_context(),
            transport=transport(),
            auth=RenewedKey(read_key) if read_key else None,
            event_hooks={
                **by_deadline,
                "response": [*by_deadline["response"], _tells_what_it_means(longest_wait_s)],
            },
        ),
    )


def post(client: openai.OpenAI, path: str, body: Mapping[str, object]) -> Any:
    """The endpoint's answer to a JSON body, as JSON; belongs into a block of `translate`."""
    return _as_json(client.post(path, cast_to=object, body=body))


def ping(client: openai.OpenAI, model: str) -> None:
    """Returns when the endpoint answers and does not deny the model; one quick try."""
    quick = client.with_options(timeout=_PING_TIMEOUT_S, max_retries=0)
    with translate():
        try:
            quick.get(f"/models/{quote(model, safe='')}", cast_to=object)
            return
        except openai.NotFoundError as err:
            if err.code == "model_not_found":
                raise
        # Some endpoints can only list their models.
        _as_json(quick.get("/models", cast_to=object))


def _as_json(answer: object) -> object:
    # What its content type does not call JSON comes as text; some servers name no type.
    if not isinstance(answer, str):
        return answer
    try:
        return json.loads(answer)
    except (ValueError, RecursionError) as err:
        raise not_understood() from err


def _tells_what_it_means(longest_wait_s: float) -> Callable[[httpx2.Response], None]:
    def hook(response: httpx2.Response) -> None:
        if response.status_code == 200:
            _unmask(response)
        if response.status_code < 400:
            return
        wait = retry_after_s(response.headers)
        kind = kind_of(response.status_code, words_of(_json_of(response)))
        # The SDK obeys this header of OpenAI's, and would itself wait for up to two minutes.
        if (wait is not None and wait > longest_wait_s) or kind in (
            "quota",
            "filtered",
            "too_long",
        ):
            response.headers["x-should-retry"] = "false"
        elif kind == "passing":
            response.headers["x-should-retry"] = "true"

    return hook


def _unmask(response: httpx2.Response) -> None:
    """Gives an error that came with status 200 the status that it means."""
    content = response.read()
    if b'"error"' not in content and b'"detail"' not in content:
        return
    error = error_in(_json_of(response))
    if error is not None:
        passing = kind_of(400, words_of(error)) == "passing"
        response.status_code = status_in(error) or (503 if passing else 400)


def _json_of(response: httpx2.Response) -> object:
    try:
        return json.loads(response.read())
    except (ValueError, RecursionError):
        return None
