"""A broken version is taken back, and a good one goes through: CodeDeploy's order, played.

The deployment group, its alarms and its hook are those of the synthesized template; the hook and
the versions are the real handlers, and what is evaluated is what they reported.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from functions.readiness.asking import QUESTION
from nexus.settings import Settings
from tests.infrastructure.alarm_evaluation import Recorded
from tests.infrastructure.assembly import CANARIES
from tests.infrastructure.release_simulation import (
    HOOK_TELLS_WITHIN_S,
    STARTED_S,
    Outcome,
    as_of_prod,
    group_of,
    release,
)
from tests.infrastructure.released_versions import (
    ARN,
    Context,
    LambdaAndCodeDeploy,
    Reports,
    Traffic,
    load,
    streaming,
)
from tests.openai_server import Fault
from tests.restores.upstreams import Upstreams, running_upstreams

OLD, NEW = "7", "8"
CHAT, DOCUMENTS = ARN.format("chat", NEW), ARN.format("documents", NEW)
Versions = dict[str, Callable[[Any, Any], Any]]
Ask = Callable[[Mapping[str, str]], str | None]


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Upstreams]:
    with running_upstreams() as running:
        yield running


@pytest.fixture(params=CANARIES)
def canary(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def handlers(upstreams: Upstreams, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    upstreams.models._faults.clear()
    loaded = {
        name: load(name, upstreams, monkeypatch) for name in ("chat", "documents", "authorizer")
    }
    return {**loaded, "stream": streaming(upstreams)}


@pytest.fixture
def reports(
    upstreams: Upstreams, handlers: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> Reports:
    return Reports(upstreams, handlers, capsys)


@pytest.fixture
def versions(handlers: dict[str, Any]) -> Versions:
    """The versions that are released; both work."""
    return {CHAT: handlers["chat"].handler, DOCUMENTS: handlers["documents"].handler}


@pytest.fixture
def service(versions: Versions, upstreams: Upstreams) -> Iterator[LambdaAndCodeDeploy]:
    """Lambda and CodeDeploy, at the address of all of AWS."""
    made, serve = LambdaAndCodeDeploy(versions), upstreams.aws.answer

    def route(method: str, path: str, headers: dict[str, str], body: bytes) -> Any:
        is_its = path.endswith("/invocations") or "CodeDeploy" in headers.get("x-amz-target", "")
        return (made.answer if is_its else serve)(method, path, headers, body)

    upstreams.aws.answer = route  # type: ignore[method-assign]
    yield made
    upstreams.aws.answer = serve  # type: ignore[method-assign]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the hook waited, without waiting."""
    waited: list[float] = []
    sys.modules.pop("functions.readiness.handler", None)
    import functions.readiness.handler as hook

    monkeypatch.setattr(hook, "time", SimpleNamespace(sleep=waited.append))
    monkeypatch.setenv("NEXUS_RELEASED", f"{CHAT},{DOCUMENTS}")
    return waited


@pytest.fixture
def ask(service: LambdaAndCodeDeploy, pauses: list[float]) -> Ask:
    """Runs the hook as CodeDeploy does."""

    def run(event: Mapping[str, str]) -> str | None:
        from functions.readiness.handler import handler

        before = len(service.told)
        try:
            handler(dict(event), Context("readiness", "$LATEST"))
        except RuntimeError:  # it was killed
            return None
        return service.told[-1] if len(service.told) > before else None

    return run


def played(assembly, stage: str, traffic: Traffic, ask: Ask, **more: Any) -> Outcome:
    template = assembly.template(stage, "service")
    group = group_of(template, traffic.function, NEW)
    recorded = more.pop("recorded", Recorded())
    if group:  # the versions report as prod does
        group = as_of_prod(group, stage)
    return release(group, OLD, NEW, hook=ask, callers=traffic, recorded=recorded, **more)


def test_a_good_version_goes_through(assembly, canary, reports, service, ask) -> None:
    traffic = Traffic(reports, "chat", 60)
    outcome = played(assembly, canary, traffic, ask)
    assert outcome.events == ["Start", "BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"]
    assert (outcome.status, outcome.alias.version, outcome.alias.weight) == ("Succeeded", NEW, 0.0)
    assert traffic.answered == {OLD: 270, NEW: 30 + 180}
    assert service.asked == [CHAT, DOCUMENTS]


def test_a_version_that_raises_at_its_start_gets_no_caller(
    assembly, canary, reports, service, versions, pauses, ask
) -> None:
    def raises(*_: Any) -> None:
        Settings.from_environ({"NEXUS_TOP_K": "many"})  # as the handler's module does

    versions[CHAT] = raises
    traffic = Traffic(reports, "chat", 60)
    outcome = played(assembly, canary, traffic, ask)
    assert outcome.events == ["Start", "BeforeAllowTraffic", "Rollback"]
    assert (outcome.status, outcome.alias.version) == ("Failed", OLD)
    assert traffic.answered == {}
    assert (service.told, service.asked, pauses) == (["Failed"], [CHAT] * 3, [6.0] * 2)


def test_a_version_whose_models_do_not_answer_gets_no_caller(
    assembly, reports, upstreams, service, versions, monkeypatch, ask
) -> None:
    upstreams.models.fail(*[Fault(status=401)] * 50)
    versions[CHAT] = load("chat", upstreams, monkeypatch).handler
    traffic = Traffic(reports, "chat", 60)
    outcome = played(assembly, "prod", traffic, ask)
    upstreams.models._faults.clear()
    assert (outcome.status, traffic.answered, service.asked) == ("Failed", {}, [CHAT] * 3)


@pytest.mark.parametrize("function", ["chat", "documents"])
def test_each_function_answers_the_hook_s_question(reports, handlers, function) -> None:
    handler, context = handlers[function].handler, Context(function, NEW)
    assert handler(dict(QUESTION), context)["statusCode"] == 200
    if function == "documents":  # chat believes for five seconds what it was told
        with reports._failing():
            assert handler(dict(QUESTION), context)["statusCode"] >= 500


@pytest.mark.parametrize(
    ("function", "alarm"),
    [
        ("chat", "chat-release"),
        ("stream", "stream-release"),
        ("documents", "documents-release"),
        ("authorizer", "authorizer-release"),
    ],
)
def test_a_version_of_which_one_answer_in_ten_fails_is_taken_back(
    assembly, canary, reports, ask, function, alarm
) -> None:
    traffic = Traffic(reports, function, 240, bad=NEW, ending="failed")
    outcome = played(assembly, canary, traffic, ask)
    # One request in a hundred fails: no alarm on the whole stage sees that.
    assert outcome.alarms == [f"nexus-{canary}-{alarm}"]
    assert (outcome.status, outcome.alias.version) == ("Stopped", OLD)
    assert outcome.took_s <= 180
    assert traffic.answered[NEW] * 9 == traffic.answered[OLD]


@pytest.mark.parametrize("every", [1, 10])
def test_a_version_whose_95th_percentile_is_above_five_seconds_is_taken_back(
    assembly, canary, reports, ask, every
) -> None:
    traffic = Traffic(reports, "chat", 240, bad=NEW, ending="late", every=every)
    outcome = played(assembly, canary, traffic, ask)
    assert outcome.alarms == [f"nexus-{canary}-chat-release"]
    assert (outcome.status, outcome.alias.version) == ("Stopped", OLD)
    assert outcome.took_s <= 180


def test_one_answer_in_forty_that_is_slow_is_no_reason(assembly, reports, ask) -> None:
    traffic = Traffic(reports, "chat", 240, bad=NEW, ending="late", every=40)
    assert played(assembly, "prod", traffic, ask).status == "Succeeded"


def test_a_version_whose_processes_die_is_taken_back(assembly, canary, reports, ask) -> None:
    traffic = Traffic(reports, "chat", 60, bad=NEW, every=6, crashes=True)
    outcome = played(assembly, canary, traffic, ask)
    assert outcome.alarms == [f"nexus-{canary}-lambda-errors"]
    assert (outcome.status, outcome.alias.version) == ("Stopped", OLD)


def test_what_fails_of_the_version_before_is_not_held_against_the_new_one(
    assembly, reports, ask
) -> None:
    traffic = Traffic(reports, "chat", 240, bad=OLD, ending="late", every=30)
    assert played(assembly, "prod", traffic, ask).status == "Succeeded"


def test_while_an_alarm_is_on_nothing_is_released(assembly, reports, service, ask) -> None:
    recorded = Recorded()
    recorded.add(STARTED_S - 30, "AWS/Lambda", "Errors", 1, FunctionName="nexus-prod-ingest")
    traffic = Traffic(reports, "chat", 60)
    outcome = played(assembly, "prod", traffic, ask, recorded=recorded)
    assert (outcome.status, outcome.alarms) == ("Stopped", ["nexus-prod-lambda-errors"])
    assert (traffic.answered, service.asked) == ({}, [])


def test_a_release_that_is_stopped_leads_back(assembly, canary, reports, ask) -> None:
    traffic = Traffic(reports, "chat", 60)
    outcome = played(assembly, canary, traffic, ask, stopped_after_min=2)
    assert (outcome.status, outcome.alias.version, outcome.alias.weight) == ("Stopped", OLD, 0.0)
    assert traffic.answered == {OLD: 108, NEW: 12}


def test_a_hook_that_is_killed_refuses_the_release_though_late(
    assembly, reports, monkeypatch, ask
) -> None:
    import functions.readiness.handler as hook

    def killed(*_: Any) -> None:
        raise RuntimeError("Task timed out")

    monkeypatch.setattr(hook, "ask", killed)
    traffic = Traffic(reports, "chat", 60)
    outcome = played(assembly, "prod", traffic, ask)
    assert (outcome.status, outcome.alias.version) == ("Failed", OLD)
    assert (outcome.took_s, traffic.answered) == (HOOK_TELLS_WITHIN_S, {})


def test_no_function_is_released_while_another_of_the_release_is_not_ready(
    assembly, reports, service, versions, ask
) -> None:
    versions[DOCUMENTS] = lambda *_: {"statusCode": 503, "body": "{}"}
    traffic = Traffic(reports, "chat", 60)
    assert played(assembly, "prod", traffic, ask).status == "Failed"
    assert (traffic.answered, service.asked) == ({}, [CHAT, *[DOCUMENTS] * 3])


def test_a_version_that_is_ready_at_the_second_try_is_released(
    assembly, reports, versions, pauses, ask
) -> None:
    replies = iter([503, 200])
    versions[CHAT] = lambda *_: {"statusCode": next(replies), "body": "{}"}
    assert played(assembly, "prod", Traffic(reports, "chat", 60), ask).status == "Succeeded"
    assert pauses == [6.0]


def test_a_version_that_hangs_is_given_up_and_refused(
    service, versions, pauses, monkeypatch, ask
) -> None:
    import functions.readiness.handler as hook

    ended = threading.Event()
    versions[CHAT] = lambda *_: ended.wait(20)
    monkeypatch.setattr(hook, "_PATIENCE_S", 0.1)
    begun = time.monotonic()
    told = ask({"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "execution-1"})
    ended.set()
    assert told == "Failed"
    assert service.asked == [CHAT] * 3
    assert time.monotonic() - begun < 5


def test_a_way_back_is_let_through_without_asking(service, versions, ask) -> None:
    versions[CHAT] = lambda *_: {"statusCode": 503, "body": "{}"}
    event = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "execution-1"}
    for creator in ("codeDeployRollback", "CloudFormationRollback"):
        service.creator = creator
        assert ask(event) == "Succeeded"
    assert service.asked == []
    service.creator = "user"
    assert ask(event) == "Failed"


@pytest.mark.parametrize("stage", ["local", "dev"])
def test_where_releases_are_at_once_everybody_gets_the_new_version(
    assembly, reports, ask, stage
) -> None:
    traffic = Traffic(reports, "chat", 20, bad=NEW, ending="failed")
    outcome = played(assembly, stage, traffic, ask)
    assert (outcome.events, set(traffic.answered)) == (["AllowTraffic"], {NEW})
