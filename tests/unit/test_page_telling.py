"""What the page of this machine is told, and the link that only this run's owner can compute."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from cli.connection import Connection
from cli.failure import Failure
from cli.local.access import credentials
from cli.local.layout import Layout
from cli.local.page.telling import addresses, local_stage, page_link, sign_in_hint, tell
from tests.unit.cli_stage import aws_session, deployment

PORT = 4777


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


def test_the_page_s_origin_follows_the_port_and_is_not_the_api_s() -> None:
    assert addresses(PORT) == {
        "sign_in_url": "http://127.0.0.1:4777",
        "page_url": "http://127.0.0.1:4779",
    }


def test_each_start_has_a_hint_of_its_own_and_none_before_the_first(layout: Layout) -> None:
    with pytest.raises(Failure, match="nexus up"):
        page_link(layout, PORT)
    credentials.renew(layout, PORT)
    first = page_link(layout, PORT)
    assert re.fullmatch(r"http://127\.0\.0\.1:4779/#hint=[0-9a-f]{32}", first)
    credentials.renew(layout, PORT)
    assert page_link(layout, PORT) != first
    assert sign_in_hint(layout) not in credentials.current(layout).models_key


@pytest.mark.parametrize("samples", [True, False])
def test_questions_about_the_sample_documents_come_with_these_alone(
    layout: Layout, samples: bool
) -> None:
    api = "http://127.0.0.1:4777/_aws/execute-api/a/live"
    made = Connection("local", aws_session(), deployment(api_url=api, user_pool="pool"))
    tell(layout, made, PORT, samples=samples)
    told = json.loads(layout.page_config.read_text())
    assert bool(told["questions"]) is samples
    assert told["api"] == api
    assert told["sign_in"]["metadata"]["issuer"].endswith("amazonaws.com/pool")
    assert stat.S_IMODE(layout.page_config.stat().st_mode) == 0o600


def test_a_stage_that_is_wrong_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdk.choosing.project_context", lambda: {"stages": {"local": {}}})
    with pytest.raises(Failure, match="lacks the field"):
        local_stage(PORT)
