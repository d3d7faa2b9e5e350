"""A tool that is a call of a web service: filled in, signed, sent, and tried again if it may be."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from nexus.agents.configuration import Auth, HttpTool
from nexus.agents.credentials import Credentials
from nexus.agents.parameter_styles import Parameter, check, path_segment, query_of
from nexus.agents.results import CUT, passage_of, text_of_body
from nexus.agents.tools import Asking, Given, Tool
from nexus.deadline import current
from nexus.errors import ConfigurationError, UpstreamUnavailable
from nexus.ports.tool_chats import ToolForm, WebClient, WebRequest, WebResponse

# RFC 9110, 9.2.2: the same call again is the same call once.
IDEMPOTENT = ("GET", "HEAD", "PUT", "DELETE")
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 4.0
# Names as OpenAPI's documents write them: {student_id}, {student-id}, {user.id}.
_BRACES = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.-]{0,60})\}")
NOT_FOUND = "The service knows nothing of this."
FAILED = "The service answered with an error (HTTP {status}): do not count on it."
UNREADABLE = "What the service gave is no text that can be read."
DONE = "The service has done it, and gave nothing back."


@dataclass(frozen=True, slots=True)
class HttpCall:
    """How arguments become a request: into the path, the query, and the body.

    What the URL's braces name is written as `path` says, or else as one plain value. `body` names
    the argument that is the whole body; with `rest_in_body` what is neither in the path nor in the
    query is an object in it.
    """

    method: str
    url: str
    query: tuple[Parameter, ...] = ()
    path: tuple[Parameter, ...] = ()
    body: str = ""
    rest_in_body: bool = False
    auth: Auth | None = None
    timeout_s: float = 8.0
    retries: int = 2
    max_bytes: int = 65_536

    @property
    def in_path(self) -> tuple[str, ...]:
        """The arguments that the URL's braces name."""
        return names_in(self.url)


class HttpTools:
    """Makes tools of calls."""

    def __init__(
        self,
        web: WebClient,
        credentials: Credentials,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._web = web
        self._credentials = credentials
        self._sleep = sleep
        self._jitter = jitter

    def of(self, name: str, source: HttpTool) -> Tool:
        """The tool that a few lines of TOML describe.

        Raises ConfigurationError for a parameter that its address cannot hold.
        """
        rest = [one for one in source.parameters if f"{{{one}}}" not in source.url]
        reads = source.method in ("GET", "HEAD", "DELETE")
        in_address = source.parameters if reads else names_in(source.url)
        for one in in_address:
            try:
                check(Parameter(one), source.parameters.get(one, {}))
            except ValueError as err:
                raise ConfigurationError(f"tools.{name}: {one} {err}.") from err
        call = HttpCall(
            source.method,
            source.url,
            tuple(map(Parameter, rest)) if reads else (),
            rest_in_body=not reads,
            auth=source.auth,
            timeout_s=source.timeout_s,
            retries=source.retries,
            max_bytes=source.max_bytes,
        )
        required = [*call.in_path, *(one for one in source.required if one not in call.in_path)]
        parameters = {
            "type": "object",
            "properties": source.parameters,
            "required": required,
            "additionalProperties": False,
        }
        form = ToolForm(name, source.description, parameters)
        title = source.title or name
        return self.tool(form, title, call, changes=source.does_change, confirm=source.confirm)

    def tool(
        self, form: ToolForm, title: str, call: HttpCall, *, changes: bool, confirm: bool
    ) -> Tool:
        """A tool that makes this call."""

        def made(arguments: Mapping[str, Any], asking: Asking) -> Given:
            key = asking.call_id if changes else ""
            response = self._sent(call, arguments, key)
            return _given(form.name, title, call, response, changes=changes)

        # All tries together, and the waits between them.
        whole_s = (call.retries + 1) * call.timeout_s + call.retries * _LONGEST_PAUSE_S
        return Tool(form, title, made, changes=changes, confirm=confirm, timeout_s=whole_s)

    def _sent(self, call: HttpCall, arguments: Mapping[str, Any], key: str) -> WebResponse:
        """The service's answer, after as many tries as its method allows."""
        tries = call.retries if call.method in IDEMPOTENT else 0
        renewed = False
        for tried in range(tries + 2):
            request = request_of(call, arguments, self._credentials.headers(call.auth), key)
            try:
                response = self._web.send(request)
            except UpstreamUnavailable as error:
                if tried >= tries or not self._waited(tried, error.retry_after_s):
                    raise
                continue
            if response.status == 401 and not renewed and self._credentials.forget(call.auth):
                renewed = True  # nothing was done: it may be sent again, whatever it is
                continue
            if response.status not in _PASSING or tried >= tries:
                return response
            if not self._waited(tried, response.retry_after_s):
                return response
        return response

    def _waited(self, tried: int, asked_s: float | None) -> bool:
        """Waits before another try, with full jitter; False if the time left has no room for it.

        https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
        """
        longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0**tried)
        pause = self._jitter(0.0, longest) if asked_s is None else asked_s
        if pause > _LONGEST_PAUSE_S or not current().fits(pause + 0.05):
            return False
        self._sleep(pause)
        return True


def request_of(
    call: HttpCall, arguments: Mapping[str, Any], headers: Mapping[str, str], key: str = ""
) -> WebRequest:
    """The request that a call is with these arguments; `key` names it, where it is not to be done
    twice.
    """
    in_path = call.in_path
    styles = {one.name: one for one in call.path}

    def written(named: re.Match[str]) -> str:
        name = named[1]
        return path_segment(styles.get(name, Parameter(name, "simple")), arguments[name])

    url = _with_query(_BRACES.sub(written, call.url), query_of(call.query, arguments))
    body: Any = None
    if call.body and call.body in arguments:
        body = arguments[call.body]
    elif call.rest_in_body:
        body = {name: one for name, one in arguments.items() if name not in in_path}
    sent = {"accept": "application/json, text/plain;q=0.5", **headers}
    if key:
        sent["idempotency-key"] = key
    return WebRequest(
        call.method,
        url,
        sent,
        body,
        timeout_s=call.timeout_s,
        max_bytes=call.max_bytes,
    )


def names_in(url: str) -> tuple[str, ...]:
    """The arguments that a URL's braces name."""
    return tuple(_BRACES.findall(url))


def _with_query(url: str, query: str) -> str:
    """The address with this query behind its own; it is sent as it stands here."""
    parts = urlsplit(url)
    whole = "&".join(filter(None, (parts.query, query)))
    return parts._replace(query=whole).geturl()


def _given(name: str, title: str, call: HttpCall, response: WebResponse, *, changes: bool) -> Given:
    status = response.status
    # What was to be changed and is not there was not changed.
    if status in (404, 410) and not changes:
        return Given(said=NOT_FOUND)
    if not 200 <= status < 300:
        return Given(said=FAILED.format(status=status), outcome="failed", detail=f"HTTP {status}")
    if not response.body.strip():
        return Given(said=DONE)
    if response.cut:  # half of a JSON text is none, and half of a list may mislead
        detail = f"more than {call.max_bytes} bytes"
        return Given(said=UNREADABLE, outcome="failed", detail=detail)
    text = text_of_body(response.body, response.content_type)
    if text is None or not text.strip():
        return Given(said=UNREADABLE, outcome="failed", detail="not readable")
    said = CUT if text.endswith(CUT) else ""
    where = urlsplit(call.url)
    return Given((passage_of(name, title, text, f"{where.scheme}://{where.netloc}"),), said)
