"""Whatever function is given SnapStart, its handler is one that survives a restore."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cli.local.layout import PROJECT
from tests.infrastructure.assembly import FUNCTIONS

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


@pytest.mark.parametrize("function", FUNCTIONS)
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
