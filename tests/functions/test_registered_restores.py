"""Whatever function is given SnapStart, its handler is one that survives a restore."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cdk.stages import STREAM, StageError, read_stage
from cli.local.layout import PROJECT
from tests.infrastructure.assembly import FUNCTIONS, configuration

# The stream has a server in place of a handler, which nobody could tell of a restore.
RESTORED = [name for name in FUNCTIONS if name != STREAM]
# Nothing answers at the address: a function initialises even so.
REGISTERED = """
import importlib, os
from snapshot_restore_py import get_after_restore
os.environ.update(AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_DEFAULT_REGION="us-east-1",
    AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", NEXUS_MODELS_URL="http://127.0.0.1:9",
    NEXUS_VECTOR_INDEX="pinecone", NEXUS_INGEST_QUEUE_URL="http://127.0.0.1:9/q")
importlib.import_module("functions.{function}.handler")
print(len(get_after_restore()))
"""


@pytest.mark.parametrize("function", RESTORED)
def test_every_function_registers_what_restores_it(function: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", REGISTERED.format(function=function)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "1"


def test_the_stream_which_registers_nothing_is_refused_a_snapshot() -> None:
    with pytest.raises(StageError, match="snap_start must not name stream"):
        read_stage("prod", {**configuration("prod"), "snap_start": ["chat", STREAM]})
