"""What a saved state says of addresses follows a local AWS that starts at another port."""

from __future__ import annotations

import json
from pathlib import Path

from cli.local.access import credentials
from cli.local.emulator import _bring_up_to_date
from cli.local.layout import Layout


def test_addresses_follow_and_a_version_can_be_made_of_each_function_that_has_some(
    tmp_path: Path,
) -> None:
    layout = Layout(tmp_path)
    layout.state.mkdir(parents=True)
    layout.port_file.write_text('{"port": 4566}')
    version = {"function_revision": "of-before"}
    moved = {"keys": "http://127.0.0.1:4566/keys", "versions": {"1": version}}
    (layout.state / "lambda.json").write_text(json.dumps(moved))
    (layout.state / "other.json").write_text(json.dumps({"versions": {"1": version}}))
    _bring_up_to_date(layout, 4900, None, credentials.renew(layout, 4900))
    found = json.loads((layout.state / "lambda.json").read_text())
    # The emulator makes no second version of the same revision, and the settings are others now.
    assert found == {
        "keys": "http://127.0.0.1:4900/keys",
        "versions": {"1": {"function_revision": ""}},
    }
    other = json.loads((layout.state / "other.json").read_text())
    assert other["versions"]["1"] == version
    assert json.loads(layout.port_file.read_text()) == {"port": 4900}
