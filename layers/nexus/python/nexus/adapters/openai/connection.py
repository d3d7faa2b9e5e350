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
from nexus.adapters.openai.errors import is_out_of_quota, not_understood, retry_after_s, translate
from nexus.adapters.tls_context import tls_context
from nexus.errors import ConfigurationError

_PING_TIMEOUT_S = 3.0


def connect(
    base_url: str, api_key: str, timeout_s: float, retries: int, longest_wait_s: float = 5.0
) -> openai.OpenAI:
    """One client for all calls to the endpoint; safe to share between threads.

    Each try may take `timeout_s`; time-outs, 408, 409, 429 and 5xx are tried `retries` times more,
    after 0.5 s doubling to 8 s less up to a quarter at random, or after what Retry-After says. A
    wait of more than `longest_wait_s` is not slept through: the call fails at once, with that wait
    in the error. No try outlasts the request's deadline. Raises ConfigurationError for a URL or a
    key that cannot be used.
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
            event_hooks={
                **by_deadline,
                "response": [*by_deadline["response"], _stops_useless_retries(longest_wait_s)],
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


def _stops_useless_retries(longest_wait_s: float) -> Callable[[httpx2.Response], None]:
    def hook(response: httpx2.Response) -> None:
        if response.status_code < 400:
            return
        wait = retry_after_s(response.headers)
        if (wait is not None and wait > longest_wait_s) or _says_out_of_quota(response):
            # The SDK obeys this header of OpenAI's, and would itself wait for up to two minutes.
            response.headers["x-should-retry"] = "false"

    return hook


def _says_out_of_quota(response: httpx2.Response) -> bool:
    if response.status_code != 429:
        return False
    try:
        error = json.loads(response.read())["error"]
        return is_out_of_quota(error.get("code"), error.get("type"))
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError):
        return False
