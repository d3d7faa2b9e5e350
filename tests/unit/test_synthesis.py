"""A start synthesizes only what differs, and leaves no app at work behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.local.layout import Layout, write_json
from cli.local.synthesis import inputs_digest, is_deployed, synthesizing
from cli.stage_names import stack_names

LAYER = "service-0123456789abcdef01234567"
CONTEXT = {"models_url": "http://127.0.0.1:9/v1"}


@pytest.fixture
def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """What is left of a start that deployed, with one layer."""
    monkeypatch.setattr("cli.local.synthesis.PACKAGES", tmp_path / "layers")
    (tmp_path / "layers" / LAYER).mkdir(parents=True)
    layout = Layout(tmp_path / "local")
    stacks = {name: {"StackName": name, "StackStatus": "CREATE_COMPLETE"} for name in NAMES}
    saved = {"payload": {"stacks": {"data": stacks}}}
    write_json(layout.state / "cloudformation.json", json.loads(json.dumps(saved)))
    write_json(layout.deployed_file, {"digest": inputs_digest(CONTEXT), "layers": [LAYER]})
    return layout


NAMES = stack_names("local")


def test_nothing_is_synthesized_when_nothing_differs(deployed: Layout) -> None:
    assert is_deployed(deployed, CONTEXT)


def test_another_context_is_deployed_anew(deployed: Layout) -> None:
    assert not is_deployed(deployed, {"models_url": "http://127.0.0.1:10/v1"})


def test_a_state_that_was_not_saved_is_deployed_anew(deployed: Layout) -> None:
    (deployed.state / "cloudformation.json").unlink()
    assert not is_deployed(deployed, CONTEXT)


def test_a_built_layer_that_is_gone_is_built_and_deployed_anew(
    deployed: Layout, tmp_path: Path
) -> None:
    (tmp_path / "layers" / LAYER).rmdir()
    assert not is_deployed(deployed, CONTEXT)


def test_an_app_that_nobody_waited_for_ends_with_the_block(tmp_path: Path) -> None:
    with synthesizing(Layout(tmp_path), CONTEXT) as begun:
        app = begun._app
        assert app.poll() is None
    assert app.returncode is not None
    assert app.returncode < 0  # by a signal, before it was through
