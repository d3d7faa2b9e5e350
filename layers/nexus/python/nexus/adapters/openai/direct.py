"""Posts JSON to the model endpoint without httpx2's client, as long as nothing unusual happens.

That client makes a request and a response anew for each call, and looks for what any call may need:
half of the time of a call. What is the same for each call is made once here. Whatever else than a
good answer comes is given to httpx2, which does as if it had sent the call: it follows a redirect,
renews a key, and has the hooks say what an error means.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2

from nexus.adapters.http_answers import Reply
from nexus.adapters.http_deadline import check_time
from nexus.adapters.openai.meanings import is_stream, status_meant
from nexus.adapters.openai.renewing import RenewedKey
from nexus.adapters.resending import (
    ANSWER,
    IN_ONE_PIECE,
    Posting,
    Resending,
    fields_of,
    sent_of,
)

# As httpx2 writes a body.
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode

# Headers of which httpx2 makes something.
_FOR_HTTPX = {"content-encoding", "set-cookie"}


class Answer(Protocol):
    """What is read of a good answer."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, whose names are in lower case."""
        ...

    @property
    def content(self) -> bytes:
        """The body."""
        ...

    def json(self) -> Any:
        """The body as JSON. Raises ValueError if it is none."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """A good answer that nobody compressed."""

    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """The body as JSON. Raises ValueError if it is none."""
        return json.loads(self.content)


@dataclass(frozen=True, slots=True)
class _Prepared:
    request: httpx2.Request
    headers: Mapping[str, str]
    post: Posting | None


class Direct:
    """Posts for a client of httpx2's over that one's transport; safe to share between threads.

    `key` is what renews the client's key. A client may have no other auth, and of hooks none but
    those that say what an answer means.
    """

    def __init__(
        self, http: httpx2.Client, transport: Resending, key: RenewedKey | None = None
    ) -> None:
        self._http = http
        self._transport = transport
        self._key = key
        self._limits = {
            step: limit for step, limit in http.timeout.as_dict().items() if limit is not None
        }
        self._prepared: dict[str, _Prepared] = {}

    def post(self, path: str, body: object) -> Answer:
        """The good answer, or httpx2's own of any kind. Raises httpx2's errors."""
        prepared = self._prepared.get(path) or self._prepare(path)
        if prepared.post is None:
            return self._http.post(prepared.request.url, json=body, extensions=IN_ONE_PIECE)
        headers = self._headers(prepared)
        reply = prepared.post(headers, _written(body).encode(), self._limits)
        good = self._good(prepared, reply)
        if good is not None:
            return good
        return self._http.post(
            prepared.request.url,
            json=body,
            headers={"authorization": headers["authorization"]},
            extensions={**IN_ONE_PIECE, ANSWER: reply},
        )

    def _prepare(self, path: str) -> _Prepared:
        request = self._http.build_request("POST", path, json={})
        headers = {name: told for name, told in sent_of(request).items() if name != "cookie"}
        prepared = _Prepared(request, headers, self._transport.posting(request.url))
        return self._prepared.setdefault(path, prepared)

    def _headers(self, prepared: _Prepared) -> Mapping[str, str]:
        renewed = self._key.renewed if self._key is not None else None
        cookies = len(self._http.cookies)
        if not renewed and not cookies:
            return prepared.headers
        headers = {**prepared.headers}
        if renewed:
            headers["authorization"] = renewed
        if cookies:
            cookie = self._http.build_request("POST", prepared.request.url).headers.get("cookie")
            if cookie:
                headers["cookie"] = cookie
        return headers

    def _good(self, prepared: _Prepared, reply: Reply) -> Answer | None:
        if reply.status != 200 or is_stream(reply):
            return None
        check_time()
        told = reply.headers
        if len(reply.fields) == len(told) and not _FOR_HTTPX.intersection(told):
            return None if status_meant(reply.content) else Plain(told, reply.content)
        response = httpx2.Response(
            200, headers=fields_of(reply), content=reply.content, request=prepared.request
        )
        if is_stream(response) or status_meant(response.content):
            return None
        self._http.cookies.extract_cookies(response)
        return response
