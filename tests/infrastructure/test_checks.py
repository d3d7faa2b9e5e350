"""The checks of others: cdk-nag, cfn-lint, and the app's own sentence for a wrong stage."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infrastructure.assembly import STAGES
from tests.infrastructure.conftest import synthesize


def test_cdk_nag_finds_nothing_that_is_not_acknowledged(assembly):
    # A finding ends `python -m cdk.app` with an error; here its report is read too.
    report = json.loads((assembly.path / "validation-report.json").read_text())
    found = [v for plugin in report["pluginReports"] for v in plugin["violations"]]
    assert report["pluginReports"], "cdk-nag did not run"
    assert found == []


def test_cfn_lint_finds_nothing_in_any_template(assembly):
    templates = sorted(assembly.path.glob("*.template.json"))
    assert len(templates) == 2 * len(STAGES)
    linter = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run(
        [str(linter), "--regions", "us-east-1", "--", *map(str, templates)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ({"stage": "qa"}, "There is no stage 'qa' in cdk.json; there are dev, local, prod"),
        ({"stage": "dev", "chat_timeout_s": "60"}, "Stage 'dev': chat_timeout_s must be from 1"),
    ],
)
def test_a_wrong_stage_ends_the_app_with_one_sentence(tmp_path, context, words):
    done = synthesize(tmp_path, **context)
    assert done.returncode == 1
    assert done.stderr.startswith(words)
    assert done.stderr.strip().count("\n") == 0
