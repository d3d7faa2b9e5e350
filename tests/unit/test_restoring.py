"""A restored function holds nothing of what it was when the snapshot was taken."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator

import pytest
import snapshot_restore_py

from nexus.wiring import aws_clients as aws_clients_module
from nexus.wiring.aws_clients import aws_clients, forget_clients
from nexus.wiring.restoring import renewed


class Made:
    """Something with a number, which is noted when it is prepared."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.prepared = threading.Event()


def run_after_restore() -> None:
    """What Lambda's runtime does when it has restored a function."""
    for hook, arguments, named in list(snapshot_restore_py.get_after_restore()):
        hook(*arguments, **named)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No hooks but the test's own; the clients of other tests are forgotten."""
    monkeypatch.setattr(snapshot_restore_py, "_after_restore_registry", [])
    for name, value in {"DEFAULT_REGION": "eu-west-1", "ACCESS_KEY_ID": "x"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    forget_clients()
    yield
    forget_clients()


def test_what_a_function_works_with_is_made_anew_after_every_restore() -> None:
    made: list[Made] = []

    def make() -> Made:
        made.append(Made(len(made)))
        return made[-1]

    current = renewed(make, lambda one: one.prepared.set())
    assert current() is current() is made[0]
    assert made[0].prepared.is_set()
    run_after_restore()
    assert current() is made[1]
    assert made[1].prepared.wait(10)


def test_a_restore_does_not_wait_for_what_is_prepared() -> None:
    held = threading.Event()
    numbers = iter(range(9))

    def wait_if_restored(number: int) -> None:
        if number:
            held.wait(10)

    current = renewed(lambda: next(numbers), wait_if_restored)
    run_after_restore()
    assert current() == 1
    assert not held.is_set()
    held.set()


def test_copies_of_one_snapshot_draw_different_numbers() -> None:
    renewed(object)
    snapshot = random.getstate()
    drawn = set()
    for _ in range(5):
        random.setstate(snapshot)
        run_after_restore()
        drawn.add(random.random())
    assert len(drawn) == 5


def test_clients_of_aws_have_other_connections_and_credentials_after_a_restore(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    current = renewed(lambda: aws_clients("dynamodb"))
    before = current()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    run_after_restore()
    after = current()
    assert after is not before
    assert after._http is not before._http
    assert before._credentials.access_key == "x"
    assert after._credentials.access_key == "another"


def test_a_restore_reads_no_descriptions_of_aws_s_services_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    renewed(lambda: aws_clients("s3"))
    loader = aws_clients_module._session().get_component("data_loader")
    run_after_restore()
    assert aws_clients_module._session().get_component("data_loader") is loader
