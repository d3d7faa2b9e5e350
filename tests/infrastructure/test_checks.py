"""The checks of others: cdk-nag, cfn-lint, and the app's own sentence for a wrong stage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infrastructure.assembly import ROOT, STAGES
from tests.infrastructure.conftest import synthesize


def test_cdk_nag_finds_nothing_that_is_not_acknowledged(assembly):
    # A finding ends `python -m cdk.app` with an error, and is in its report.
    report = json.loads((assembly.path / "validation-report.json").read_text())
    assert report["pluginReports"] == []


def test_cdk_nag_ends_the_app_for_a_finding(tmp_path):
    script = """
import sys
from cdk.app import check
from aws_cdk import App, Stack
from aws_cdk.aws_s3 import Bucket
app = App(outdir=sys.argv[1])
Bucket(Stack(app, "Careless"), "Bucket")
check(app)
app.synth()
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "AwsSolutions-S10" in done.stdout + done.stderr


def linted(templates: list[Path]) -> subprocess.CompletedProcess[str]:
    # W3005: CDK makes each function depend on its role as well as on its role's policy.
    linter = Path(sys.executable).with_name("cfn-lint")
    command = [str(linter), "--regions", "us-east-1", "--ignore-checks", "W3005"]
    return subprocess.run(
        [*command, "--", *map(str, templates)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_cfn_lint_finds_nothing_in_any_template(assembly):
    templates = sorted(assembly.path.glob("*.template.json"))
    assert len(templates) == 2 * len(STAGES)
    done = linted(templates)
    assert done.returncode == 0, done.stdout[-4000:]


def test_what_a_stage_may_have_besides_is_as_clean(tmp_path, assembly):
    given = {
        "domain_name": "nexus.example.org",
        "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/0f1e2d3c-4b5a",
        "hosted_zone": "Z0123456789ABC",
        "chat_reserved_concurrency": "50",
        "rerank_key": "true",
        "rerank_url": "https://rerank.example.org/v1",
        "alarm_email": "ops@example.org",
        "cors_origins": "https://a.example,https://b.example",
    }
    done = synthesize(tmp_path, stage="prod", **given)  # which ends with cdk-nag's findings
    assert done.returncode == 0, done.stdout + done.stderr
    found = linted(sorted(tmp_path.glob("*.template.json")))
    assert found.returncode == 0, found.stdout[-4000:]


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ({"stage": "qa"}, "There is no stage 'qa' in cdk.json; there are aws, dev, local, prod"),
        ({"stage": "dev", "chat_timeout_s": "60"}, "Stage 'dev': chat_timeout_s must be from 1"),
    ],
)
def test_a_wrong_stage_ends_the_app_with_one_sentence(tmp_path, context, words):
    done = synthesize(tmp_path, **context)
    assert done.returncode == 1
    assert done.stderr.startswith(words)
    assert done.stderr.strip().count("\n") == 0
