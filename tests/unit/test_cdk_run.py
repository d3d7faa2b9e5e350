"""The CDK CLI runs with its progress told, its output kept, and its failure as one sentence."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from cli.cdk_run import run_cdk
from cli.failure import Failure

_LINES = [
    "building service for arm64-3.13",
    "nexus-dev-service: start: Publishing NexusLayer/Code (current)",
    "nexus-dev-data | 3/9 | 10:00:00 AM | CREATE_COMPLETE | AWS::S3::Bucket | Documents (D1)",
    "Stack ARN:",
]


def run(tmp_path: Path, program: str, limit_s: float = 30.0) -> tuple[list[str], list[str]]:
    told: list[str] = []
    lines = run_cdk(
        [sys.executable, "-c", program],
        env=dict(os.environ),
        cwd=tmp_path,
        log=tmp_path / "log",
        limit_s=limit_s,
        progress=told.append,
        what="`cdk deploy`",
    )
    return lines, told


def test_what_it_is_at_is_told_and_all_that_it_says_is_kept(tmp_path: Path) -> None:
    lines, told = run(tmp_path, f"print({chr(10).join(_LINES)!r})")
    assert lines == _LINES
    assert told == [
        "building service for arm64-3.13",
        "nexus-dev-service: start: Publishing NexusLayer/Code",
        "Documents (AWS::S3::Bucket)",
    ]
    assert (tmp_path / "log").read_text().splitlines() == _LINES


def test_a_failure_is_the_fault_and_where_to_read_more(tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        run(tmp_path, "print('❌ nexus-dev-data failed: no rights'); raise SystemExit(1)")
    said = str(caught.value)
    assert said.startswith("`cdk deploy` failed: ❌ nexus-dev-data failed: no rights.")
    assert str(tmp_path / "log") in said


@pytest.mark.parametrize("after", ["", "python -m cdk.app: Subprocess exited with error 1\n"])
def test_a_failure_is_the_sentence_that_the_app_ended_with(tmp_path: Path, after: str) -> None:
    sentence = "Stage 'local': agents: agents.toml, line 1: agents.desk.description: field required"
    wrote = f"building service for arm64-3.13\nwarning: the cache failed\n{sentence}.\n\n{after}"
    with pytest.raises(Failure) as caught:
        run(tmp_path, f"print({wrote!r}); raise SystemExit(1)")
    assert str(caught.value) == f"`cdk deploy` failed: {sentence}. See {tmp_path / 'log'}."


def test_a_failure_without_a_word_says_where_to_read_more(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="it ended without a word"):
        run(tmp_path, f"print({_LINES[0]!r}); raise SystemExit(1)")


def test_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="took over 1 s and was ended"):
        run(tmp_path, "import time; time.sleep(60)", limit_s=1.0)
