"""Versions of the real functions that a release can lead to, and the service that starts them.

What a version reports is what the real handler writes into its log, once for each way in which an
answer can end; a minute's callers repeat these lines. The readiness function calls Lambda and
CodeDeploy with the real SDK, over a socket.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest

from nexus.clients import new_key
from nexus.errors import UpstreamError
from nexus.wiring.aws_clients import forget_clients
from tests.bench.seeding import answer, asked, questions
from tests.infrastructure.alarm_evaluation import Recorded
from tests.infrastructure.release_simulation import Alias
from tests.openai_server import Fault
from tests.restores.upstreams import Upstreams, listing

ARN = "arn:aws:lambda:us-east-1:123456789012:function:nexus-prod-{}:{}"
NEW = iter(questions(900))
Reply = tuple[int, dict[str, str], bytes]


class Context:
    """What Lambda tells a function of its invocation."""

    memory_limit_in_mb, aws_request_id = "1536", "request-1"

    def __init__(self, function: str, version: str, left_ms: int = 300_000) -> None:
        self.function_name, self.function_version = f"nexus-prod-{function}", version
        self.invoked_function_arn = ARN.format(function, version)
        self._left_ms = left_ms

    def get_remaining_time_in_millis(self) -> int:
        return self._left_ms


def load(function: str, upstreams: Upstreams, environment: pytest.MonkeyPatch) -> ModuleType:
    """The handler's module, imported as Lambda does."""
    for name, value in upstreams.environ.items():
        environment.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        environment.delenv(name, raising=False)  # moto's own: a function has its role's
    forget_clients()
    name = f"functions.{function}.handler"
    sys.modules.pop(name, None)
    return importlib.import_module(name)


def streaming(upstreams: Upstreams) -> SimpleNamespace:
    """The streaming function's server as a handler: it is asked as the web adapter asks it."""
    from starlette.testclient import TestClient

    from functions.chat.app import create_app
    from nexus.http.web_adapter import FromWebAdapter
    from nexus.settings import Settings
    from nexus.wiring.chat import chat_services

    app = create_app(chat_services(Settings.from_environ(upstreams.environ)))
    client = TestClient(FromWebAdapter(app, "stream"), raise_server_exceptions=False)

    def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
        deadline = round(time.time() * 1000) + context.get_remaining_time_in_millis()
        headers = {
            "x-amzn-request-context": json.dumps(event["requestContext"]),
            "x-amzn-lambda-context": json.dumps({"deadline": deadline}),
        }
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_LAMBDA_FUNCTION_NAME", context.function_name)
            patch.setenv("AWS_LAMBDA_FUNCTION_VERSION", context.function_version)
            response = client.post(
                "/v1/chat/completions", headers=headers, json=json.loads(event["body"])
            )
        return {"statusCode": response.status_code}

    return SimpleNamespace(handler=handler)


def _given(function: str) -> dict[str, Any]:
    """What a caller makes the function be asked, which no answer of before fits."""
    if function == "authorizer":
        key = {"x-api-key": new_key()}
        return {"type": "REQUEST", "methodArn": "arn:aws:execute-api:any", "headers": key}
    if function == "documents":
        return dict(listing())
    made: dict[str, Any] = asked(next(NEW), None)
    if function == "stream":
        message = json.loads(made["body"])["message"]
        asking = {"model": "nexus", "messages": [{"role": "user", "content": message}]}
        made["body"] = json.dumps(asking)
    return made


@dataclass
class Reports:
    """What the real handlers write of an answer, by function, version and how it ends."""

    upstreams: Upstreams
    handlers: dict[str, Any]
    capture: pytest.CaptureFixture[str]
    known: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def of(self, function: str, version: str, ending: str) -> str:
        """The log of one invocation that ends "well", "failed" or "late"."""
        key = function, version, ending
        if key not in self.known:
            self.known[key] = self._written(*key)
        return self.known[key]

    def _written(self, function: str, version: str, ending: str) -> str:
        context = Context(function, version)
        handler = self.handlers[function].handler
        handler(_given(function), context)  # cold, and who asks is not known yet
        self.capture.readouterr()
        with {"well": self._well, "failed": self._failing, "late": self._slow}[ending]():
            try:
                status = handler(_given(function), context).get("statusCode", 200)
            except UpstreamError:  # the authorizer's way to say that it cannot decide
                status = 503
        assert (status >= 500) is (ending == "failed"), status
        return self.capture.readouterr().out

    @contextmanager
    def _well(self) -> Iterator[None]:
        yield

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Neither the models nor the tables answer."""
        serve = self.upstreams.aws.answer
        body = b'{"__type": "AccessDeniedException", "message": "no"}'
        headers = {"content-type": "application/x-amz-json-1.0"}
        self.upstreams.models.fail(*[Fault(status=500)] * 50)
        self.upstreams.aws.answer = lambda *_: (400, headers, body)  # type: ignore[method-assign]
        try:
            yield
        finally:
            self.upstreams.aws.answer = serve  # type: ignore[method-assign]
            self.upstreams.models._faults.clear()

    @contextmanager
    def _slow(self) -> Iterator[None]:
        """The model takes six seconds, by the clock of the function."""
        later = [0.0]
        clock = SimpleNamespace(perf_counter=lambda: time.perf_counter() + later[0], time=time.time)

        def slowly(messages: Any) -> str:
            later[0] += 6.0
            return str(answer(messages))

        self.upstreams.models.answer_with(slowly)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("nexus.http.middleware.time", clock)
            yield
        self.upstreams.models.answer_with(answer)


@dataclass
class Traffic:
    """Callers of a function, so many a minute; each `every`-th answer of `bad` ends otherwise."""

    reports: Reports
    function: str
    a_minute: int
    bad: str = ""
    ending: str = "well"
    every: int = 10
    answered: dict[str, int] = field(default_factory=dict)
    crashes: bool = False

    def __call__(self, begins: float, alias: Alias, recorded: Recorded) -> None:
        """One minute of them."""
        named = f"nexus-prod-{self.function}"
        for caller in range(self.a_minute):
            version = alias.version_of(sum(self.answered.values()))
            self.answered[version] = self.answered.get(version, 0) + 1
            is_bad = version == self.bad and self.answered[version] % self.every == 0
            at = begins + 60.0 * (caller + 0.5) / self.a_minute
            crashed = is_bad and self.crashes
            recorded.add(at, "AWS/Lambda", "Errors", float(crashed), FunctionName=named)
            failed = crashed or (is_bad and self.ending == "failed")
            recorded.add(at, "AWS/ApiGateway", "5XXError", float(failed), ApiName="nexus-prod")
            if not crashed:  # a process that dies writes nothing
                log = self.reports.of(self.function, version, self.ending if is_bad else "well")
                recorded.read(log, at)


@dataclass
class LambdaAndCodeDeploy:
    """Starts versions, by their ARN, and notes what the hook told of a deployment."""

    versions: Mapping[str, Callable[[Any, Any], Any]]
    creator: str = "CloudFormation"
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """One call of the SDK."""
        as_json = {"content-type": "application/x-amz-json-1.1"}
        target = headers.get("x-amz-target", "")
        if target.endswith("PutLifecycleEventHookExecutionStatus"):
            sent = json.loads(body)
            assert (sent["deploymentId"], sent["lifecycleEventHookExecutionId"]) == (
                "d-1",
                "execution-1",
            )
            self.told.append(sent["status"])
            return 200, as_json, b"{}"
        if target.endswith("GetDeployment"):
            found = {"deploymentInfo": {"deploymentId": "d-1", "creator": self.creator}}
            return 200, as_json, json.dumps(found).encode()
        assert path.endswith("/invocations"), path
        version = unquote(path.split("/")[3])
        self.asked.append(version)
        function, number = version.split(":")[-2:]
        try:
            reply = self.versions[version](
                json.loads(body), Context(function.removeprefix("nexus-prod-"), number)
            )
        except Exception as err:  # noqa: BLE001  (Lambda tells whatever it is)
            told = {"errorType": type(err).__name__, "errorMessage": str(err)}
            return 200, {"x-amz-function-error": "Unhandled"}, json.dumps(told).encode()
        return 200, {}, json.dumps(reply).encode()
