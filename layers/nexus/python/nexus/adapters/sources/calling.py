"""Asks a source's HTTP API: with a token that is renewed midway, patiently, and within limits."""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

import httpx2

from nexus.adapters.http_deadline import cap
from nexus.adapters.sources.network import AddressRefused, NoSuchHost
from nexus.deadline import current, within
from nexus.errors import (
    DocumentTooLarge,
    ListingOutdated,
    UpstreamRefused,
    UpstreamUnavailable,
)

SERVICE = "source"
TRIES = 4
# A call with all its bytes; a server that sends a byte now and then is given up.
LONGEST_CALL_S = 120.0
# What a server asks to be waited for, and no longer: the run goes on another time.
LONGEST_WAIT_S = 60.0
LARGEST_DOCUMENT = 100 * 1024 * 1024
_LARGEST_ANSWER = 32 * 1024 * 1024
_LARGEST_FAILURE = 64 * 1024
_MOST_REDIRECTS = 5
_PASSING = (408, 425, 429, 500, 502, 503, 504)


class Credentials(Protocol):
    """What a call shows to be let in."""

    def headers(self) -> Mapping[str, str]:
        """The headers to send now."""
        ...

    def renew(self) -> bool:
        """Gets another token; False if there is none to be had."""
        ...


class Refusal(UpstreamRefused):
    """A call that was refused; `reason` is the API's own word for why, "" where it has none."""

    def __init__(self, message: str, status: int, reason: str) -> None:
        super().__init__(SERVICE, message)
        self.status = status
        self.reason = reason


class Caller:
    """Calls one API. Credentials go to its own host alone, never where a redirect leads.

    `reason_of` reads an API's word for a failure out of its answer; where that is one of `passing`,
    the call is tried again whatever its status is.
    """

    def __init__(
        self,
        client: httpx2.Client,
        credentials: Credentials | None = None,
        sleep: Callable[[float], None] = time.sleep,
        reason_of: Callable[[bytes], str] | None = None,
        passing: Collection[str] = (),
    ) -> None:
        self._client = client
        self._credentials = credentials
        self._sleep = sleep
        self._reason_of = reason_of
        self._passing = passing

    def json(self, url: str, **parameters: str) -> dict[str, Any]:
        """A GET's answer. Raises ListingOutdated for 410, Refusal for another 4xx.

        Raises UpstreamUnavailable for an answer that is no whole JSON object.
        """
        found = self.maybe_json(url, **parameters)
        if found is None:
            raise Refusal(_said(404, url), 404, "")
        return found

    def maybe_json(self, url: str, **parameters: str) -> dict[str, Any] | None:
        """The same; None for 404."""
        if parameters:
            url = str(httpx2.URL(url).copy_merge_params(parameters))
        answer = self._got(url, _LARGEST_ANSWER, {"accept": "application/json"})
        if answer is None:
            return None
        try:
            told = json.loads(answer[0])
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise UpstreamUnavailable(SERVICE, "The source's answer was no whole JSON object.")
        return told

    def content(self, url: str, **headers: str) -> tuple[bytes, str] | None:
        """A document's bytes and their type; None for 404 and 410. Raises DocumentTooLarge."""
        try:
            return self._got(url, LARGEST_DOCUMENT, headers)
        except ListingOutdated:
            return None

    def _got(self, url: str, largest: int, headers: Mapping[str, str]) -> tuple[bytes, str] | None:
        renewed = False
        for left in range(TRIES - 1, -1, -1):
            status, wait, reason = 0, None, ""
            try:
                with within(LONGEST_CALL_S):
                    status, wait, answer = self._tried(url, largest, headers)
            except AddressRefused as err:
                raise UpstreamUnavailable(SERVICE, str(err)) from err
            except httpx2.HTTPError as err:
                if left == 0 and isinstance(err, NoSuchHost):
                    raise UpstreamUnavailable(SERVICE, str(err)) from err
                if left == 0:
                    raise UpstreamUnavailable(
                        SERVICE, f"{_host(url)} could not be asked ({type(err).__name__})."
                    ) from err
            if 200 <= status < 300:
                return answer
            if status and self._reason_of is not None:
                reason = self._reason_of(answer[0])
            if status == 404:
                return None
            if status == 410:
                raise ListingOutdated("The source no longer knows where its listing stopped.")
            if status == 401 and not renewed and self._credentials and self._credentials.renew():
                renewed = True
                continue
            if status and status not in _PASSING and reason not in self._passing:
                raise Refusal(_said(status, url), status, reason)
            pause = 2.0 ** (TRIES - 1 - left) if wait is None else wait
            if left == 0 or pause > min(LONGEST_WAIT_S, current().remaining()):
                raise UpstreamUnavailable(
                    SERVICE, f"{_host(url)} answered {status or 'nothing'}; try again.", wait
                )
            self._sleep(pause)
        raise UpstreamUnavailable(SERVICE, f"{_host(url)} could not be asked.")

    def _tried(
        self, url: str, largest: int, headers: Mapping[str, str]
    ) -> tuple[int, float | None, tuple[bytes, str]]:
        origin, asked = httpx2.URL(url), httpx2.URL(url)
        for _ in range(_MOST_REDIRECTS):
            is_own = (asked.scheme, asked.host, asked.port) == (
                *(origin.scheme, origin.host, origin.port),
            )
            shown = self._credentials.headers() if self._credentials and is_own else {}
            request = self._client.build_request("GET", asked, headers={**headers, **shown})
            cap(request)
            response = self._client.send(request, stream=True)
            try:
                if response.is_redirect:
                    asked = asked.join(response.headers.get("location", ""))
                    continue
                if not response.is_success:
                    told = b"" if self._reason_of is None else _beginning(response)
                    return response.status_code, wait_of(response), (told, "")
                kind = response.headers.get("content-type", "")
                return response.status_code, None, (read_whole(response, largest), kind)
            finally:
                response.close()
        raise httpx2.TooManyRedirects("The source redirects without an end.")


def read_whole(response: httpx2.Response, largest: int) -> bytes:
    """A streamed answer's bytes, by the deadline. Raises DocumentTooLarge and HTTPError."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        size += len(part)
        if size > largest:
            raise DocumentTooLarge(f"It is larger than {largest // 1024 // 1024} MB.")
        if current().remaining() <= 0:
            raise httpx2.ReadTimeout("The answer took too long.")
        parts.append(part)
    return b"".join(parts)


def _beginning(response: httpx2.Response) -> bytes:
    """What a failed call was answered, as far as it says why: the first 64 KB at most."""
    told = b""
    try:
        for part in response.iter_bytes():
            told += part
            if len(told) >= _LARGEST_FAILURE or current().remaining() <= 0:
                break
    except httpx2.HTTPError:
        return b""  # the status is known all the same
    return told[:_LARGEST_FAILURE]


def wait_of(response: httpx2.Response, now: Callable[[], float] = time.time) -> float | None:
    """The seconds that an answer's Retry-After asks for, as a number or a date (RFC 9110)."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal() and len(text) < 9:
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now())
    except (TypeError, ValueError, OverflowError):
        return None


def _host(url: str) -> str:
    return httpx2.URL(url).host


def _said(status: int, url: str) -> str:
    advice = {
        401: "check the source's secret",
        403: "give the source's account the right to read, or check its secret",
        404: "check the source's options",
    }
    return f"{_host(url)} answered {status}: {advice.get(status, 'check the source')}."
