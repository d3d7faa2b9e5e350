"""Says what an answer of a model endpoint means, whatever status it came with."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Protocol

import httpx2

from nexus.adapters.openai.bodies import error_in
from nexus.adapters.openai.errors import retry_after_s
from nexus.adapters.openai.told import kind_of, status_in, words_of

# OpenAI's Responses API says of each good answer that it holds no error.
_MAY_HOLD_AN_ERROR = re.compile(rb'"error"(?!: ?null[,}\s])|"detail"')


class _Headed(Protocol):
    @property
    def headers(self) -> Mapping[str, str]: ...


def is_stream(response: _Headed) -> bool:
    """Whether an answer comes as server-sent events."""
    kind: str = response.headers.get("content-type", "")
    return kind.strip().lower().startswith("text/event-stream")


def status_meant(content: bytes) -> int | None:
    """The status that the error in a body means which came with 200; None if it holds none."""
    if b'"error"' not in content and b'"detail"' not in content:
        return None
    if not _MAY_HOLD_AN_ERROR.search(content):
        return None
    error = error_in(_json_of(content))
    if error is None:
        return None
    passing = kind_of(400, words_of(error)) == "passing"
    return status_in(error) or (503 if passing else 400)


def tells_what_it_means(longest_wait_s: float) -> Callable[[httpx2.Response], None]:
    """A hook that gives an answer the status that it means, and says whether it may pass.

    That stands in OpenAI's own header then. What asks for a wait of more than `longest_wait_s`
    does not pass in time.
    """

    def hook(response: httpx2.Response) -> None:
        if response.status_code == 200 and not is_stream(response):
            response.status_code = status_meant(response.read()) or 200
        if response.status_code < 400:
            return
        wait = retry_after_s(response.headers)
        kind = kind_of(response.status_code, words_of(_json_of(response.read())))
        if (wait is not None and wait > longest_wait_s) or kind in (
            "quota",
            "filtered",
            "too_long",
        ):
            response.headers["x-should-retry"] = "false"
        elif kind == "passing":
            response.headers["x-should-retry"] = "true"

    return hook


def _json_of(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
