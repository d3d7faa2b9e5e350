"""What runs by itself and fails, stays away or finds something to tend is an alarm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from nexus.metrics import written
from tests.bench.seeding import event
from tests.functions.faults import NOW_S, Alarms, Context, is_alarm, load, prod_alarms, raised
from tests.infrastructure.alarm_evaluation import Recorded
from tests.restores.upstreams import Upstreams, running_upstreams

Capsys = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def alarms(tmp_path_factory: pytest.TempPathFactory) -> Alarms:
    return prod_alarms(tmp_path_factory.mktemp("alarms"))


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Upstreams]:
    with running_upstreams() as running:
        yield running


@pytest.mark.parametrize(
    ("alarm", "queue"),
    [
        ("reindex-failures", "nexus-prod-reindex-failures"),
        ("backup-failures", "nexus-prod-backup-failures"),
    ],
)
def test_one_failed_run_that_is_kept_is_an_alarm(alarms: Alarms, alarm: str, queue: str) -> None:
    recorded = Recorded()
    name = "ApproximateNumberOfMessagesVisible"
    recorded.add(NOW_S - 30, "AWS/SQS", name, 1, QueueName=queue)
    assert raised(alarms, recorded) == {alarm}


def test_a_run_that_did_not_come_is_an_alarm_and_one_that_came_ends_it(
    alarms: Alarms,
    upstreams: Upstreams,
    capsys: Capsys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert is_alarm(alarms["missed-reindex"], Recorded())
    assert is_alarm(alarms["missed-backup"], Recorded())
    log = reported("reindex", upstreams, monkeypatch, capsys)
    came, long_ago = Recorded(), Recorded()
    came.read(log, NOW_S - 25.5 * 3600)
    long_ago.read(log, NOW_S - 33 * 3600)
    assert not is_alarm(alarms["missed-reindex"], came)
    assert is_alarm(alarms["missed-reindex"], long_ago)
    assert is_alarm(alarms["missed-backup"], came)


def test_the_line_that_lambda_writes_of_a_timeout_is_counted(
    alarms: Alarms,
) -> None:
    line = "2026-11-29T02:14:00.100Z 1f2e Task timed out after 29.00 seconds"
    assert re.search("Task timed out after", line)  # the filter's phrase
    recorded = Recorded()
    recorded.add(NOW_S - 30, "Nexus/prod", "timeouts", 1)
    assert raised(alarms, recorded) == {"lambda-timeouts"}


def reported(
    function: str, upstreams: Upstreams, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> str:
    """What a scheduled function writes in one run."""
    loaded = load(function, upstreams, monkeypatch)
    sqs: Any = botocore.session.Session().create_client("sqs")
    sqs.create_queue(QueueName="queue")
    written("prod", 0)  # nothing that other tests of this process left unwritten
    capsys.readouterr()
    loaded.handler(event(function), Context())
    return str(capsys.readouterr().out)


def test_a_key_of_this_age_is_an_alarm_of_its_own(
    alarms: Alarms, upstreams: Upstreams, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Recorded()  # the upstreams' one key is of January
    recorded.read(reported("reindex", upstreams, monkeypatch, capsys), NOW_S - 3600)
    assert raised(alarms, recorded) == {"old-keys"}


def test_keys_that_cannot_be_read_are_an_alarm(
    alarms: Alarms, upstreams: Upstreams, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve = upstreams.aws.answer
    refusal = json.dumps({"__type": "AccessDeniedException", "message": "no right to Scan"})

    def refusing(method: str, path: str, headers: dict[str, str], sent: bytes) -> Any:
        if headers.get("x-amz-target", "").endswith(".Scan") and b'"clients"' in sent:
            return 400, {"content-type": "application/x-amz-json-1.0"}, refusal.encode()
        return serve(method, path, headers, sent)

    monkeypatch.setattr(upstreams.aws, "answer", refusing)
    recorded = Recorded()
    recorded.read(reported("reindex", upstreams, monkeypatch, capsys), NOW_S - 3600)
    assert raised(alarms, recorded) == {"untended-keys"}


def test_former_versions_that_cannot_be_removed_are_an_alarm(
    alarms: Alarms, upstreams: Upstreams, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve = upstreams.aws.answer
    refusal = json.dumps({"Message": "no right to list versions"}).encode()
    told = {"content-type": "application/json", "x-amzn-errortype": "AccessDeniedException"}

    def refusing(method: str, path: str, headers: dict[str, str], sent: bytes) -> Any:
        if path.startswith("/2015-03-31/functions/nexus-prod-chat/versions"):
            return 403, told, refusal
        return serve(method, path, headers, sent)

    monkeypatch.setattr(upstreams.aws, "answer", refusing)
    monkeypatch.setenv("NEXUS_FUNCTIONS", "nexus-prod-chat")
    recorded = Recorded()
    recorded.read(reported("reindex", upstreams, monkeypatch, capsys), NOW_S - 3600)
    assert raised(alarms, recorded) == {"former-versions", "old-keys"}


@pytest.mark.parametrize(
    ("alarm", "value"), [("dead-letters", 1.0), ("old-messages", 6 * 3600 + 1.0)]
)
def test_what_ingestion_gave_up_or_left_lying_is_an_alarm(
    alarms: Alarms, alarm: str, value: float
) -> None:
    watched = alarms[alarm]
    of = {one["Name"]: str(one["Value"]) for one in watched["Dimensions"]}
    recorded = Recorded()
    recorded.add(NOW_S - 30, watched["Namespace"], watched["MetricName"], value, **of)
    assert raised(alarms, recorded) == {alarm}


def test_each_alarm_has_a_test_that_raises_it(alarms: Alarms) -> None:
    sources = [Path(__file__), Path(__file__).with_name("test_faults_seen.py")]
    # Those of one version are raised where a release is played.
    played = Path(__file__).parents[1] / "infrastructure" / "test_release_simulation.py"
    sources.append(played)
    tests = "".join(path.read_text(encoding="utf-8") for path in sources)
    assert not [name for name in alarms if f'"{name}"' not in tests]
