"""Every stage, synthesized once per test session by the command that people run."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infrastructure.assembly import PINECONE_HOST, ROOT, STAGES, Assembly


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The cloud assembly of all stages, shared by the session's processes."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    out = shared / "assembly"
    with (shared / "assembly.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (out / "done").exists():
            done = synthesize(out)
            assert done.returncode == 0, done.stdout + done.stderr
            (out / "done").touch()
    return Assembly(out)


def synthesize(out: Path, **context: object) -> subprocess.CompletedProcess[str]:
    """Runs `python -m cdk.app` as the CDK CLI does, without copying the assets."""
    stages = {"stage": ",".join(STAGES), "pinecone_host": PINECONE_HOST}
    passed = {"aws:cdk:disable-asset-staging": True, **stages, **context}
    environ = {**os.environ, "CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(passed)}
    return subprocess.run(
        [sys.executable, "-m", "cdk.app"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest) -> str:
    """Each stage's name."""
    return str(request.param)
