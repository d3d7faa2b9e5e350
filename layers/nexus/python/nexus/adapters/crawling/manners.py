"""Asks a site as politely as its robots.txt wants (RFC 9309), and no faster than was agreed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from nexus.adapters.http_deadline import cap
from nexus.adapters.sources.calling import LARGEST_DOCUMENT, SERVICE, read_whole, wait_of
from nexus.adapters.sources.network import USER_AGENT, AddressRefused, NoSuchHost
from nexus.deadline import current, within
from nexus.errors import DocumentTooLarge, UpstreamRefused, UpstreamUnavailable

# RFC 9309, 2.5: a crawler may read no more than this of a robots.txt.
_ROBOTS_BYTES = 500 * 1024
_MOST_REDIRECTS = 5
_TRIES = 3
# A page with all its bytes; a server that sends a byte now and then is given up.
LONGEST_PAGE_S = 45.0
_LONGEST_WAIT_S = 60.0
_LONGEST_DELAY_S = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """A site's answer; `status` 0 is none, and `content` is empty unless it is 200 and wanted.

    `why` is what kept the request from being sent, if anything did.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes = b""
    why: AddressRefused | NoSuchHost | None = None


class PoliteSite:
    """One site, asked one request at a time, so many a second at most."""

    def __init__(
        self,
        client: httpx2.Client,
        rate: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._pause = 1 / rate
        self._clock = clock
        self._sleep = sleep
        self._next = clock()
        self._rules: Any = None

    def read_rules(self, start: str) -> list[str]:
        """Reads the site's robots.txt; the sitemaps that it names.

        Raises UpstreamUnavailable if it cannot be read: nothing may then be asked for; and
        UpstreamRefused if the site is at an address that is not asked.
        """
        from protego import Protego

        asked = httpx2.URL(start).join("/robots.txt")
        reply = Reply(0, {})
        for _ in range(_MOST_REDIRECTS + 1):
            reply = self.get(str(asked), {}, lambda _headers: True, largest=_ROBOTS_BYTES * 4)
            if not 300 <= reply.status < 400:
                break
            asked = asked.join(reply.headers.get("location", ""))
        # Of another host, to which the site leads, no permission is suggested.
        if reply.why is not None and asked.host == httpx2.URL(start).host:
            lasts = isinstance(reply.why, AddressRefused)
            raise (UpstreamRefused if lasts else UpstreamUnavailable)(SERVICE, str(reply.why))
        if reply.status == 0 and reply.why is None:
            where = asked.netloc.decode("ascii")
            raise UpstreamUnavailable(
                SERVICE, f"{where} gives no answer: see that the site runs there, and try again."
            )
        if reply.status == 0 or reply.status >= 500 or reply.status == 429:
            raise UpstreamUnavailable(
                SERVICE,
                f"The site's robots.txt could not be read ({reply.status or 'it leads elsewhere'}):"
                " try again once it can.",
            )
        # Any other answer says that there are no rules (RFC 9309, 2.3.1.3).
        text = reply.content[:_ROBOTS_BYTES].decode("utf-8", errors="replace")
        self._rules = Protego.parse(text if reply.status == 200 else "")
        delay = self._rules.crawl_delay(USER_AGENT)
        if delay:
            self._pause = max(self._pause, min(float(delay), _LONGEST_DELAY_S))
        return [str(one) for one in self._rules.sitemaps][:50]

    def allows(self, address: str) -> bool:
        """Whether the site's rules let this address be asked for."""
        return bool(self._rules.can_fetch(address, USER_AGENT))

    def get(
        self,
        address: str,
        conditions: Mapping[str, str],
        wants: Callable[[Mapping[str, str]], bool],
        largest: int = LARGEST_DOCUMENT,
    ) -> Reply:
        """An address's answer; its content is read only if its headers are wanted.

        A passing refusal is waited out where the site says for how long, or for a while. Raises
        UpstreamUnavailable where the site wants to be left alone for longer.
        """
        reply = Reply(0, {})
        for again in range(_TRIES):
            self._wait()
            wait: float | None = None
            try:
                with within(LONGEST_PAGE_S):
                    reply, wait = self._asked(address, conditions, wants, largest)
            except AddressRefused as err:
                return Reply(0, {}, why=err)
            except NoSuchHost as err:
                # Asked for again, as DNS may fail for a moment.
                reply = Reply(0, {}, why=err)
            except (httpx2.HTTPError, httpx2.InvalidURL):
                reply = Reply(0, {})
            if reply.status not in (0, 429, 500, 502, 503, 504):
                return reply
            pause = 2.0**again if wait is None else wait
            if pause > min(_LONGEST_WAIT_S, current().remaining()):
                raise UpstreamUnavailable(
                    SERVICE, "The site wants to be left alone for a while.", wait
                )
            if again < _TRIES - 1:
                self._sleep(pause)
        return reply

    def _asked(
        self,
        address: str,
        conditions: Mapping[str, str],
        wants: Callable[[Mapping[str, str]], bool],
        largest: int,
    ) -> tuple[Reply, float | None]:
        request = self._client.build_request("GET", address, headers=dict(conditions))
        cap(request)
        response = self._client.send(request, stream=True)
        try:
            headers = dict(response.headers)
            if response.status_code != 200 or not wants(headers):
                return Reply(response.status_code, headers), wait_of(response)
            try:
                return Reply(200, headers, read_whole(response, largest)), None
            except DocumentTooLarge:
                return Reply(413, headers), None
        finally:
            response.close()

    def _wait(self) -> None:
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._pause
