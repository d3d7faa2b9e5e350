"""The resources that a deployment must update and never replace: `lasting.json`, and its renewal.

`python -m tests.infrastructure.lasting` synthesizes every stage and rewrites the file.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.infrastructure.assembly import STAGES, Assembly
from tests.infrastructure.conftest import synthesize
from tests.infrastructure.replacing import exports, lasting

FILE = Path(__file__).with_name("lasting.json")
RENEWAL = "python -m tests.infrastructure.lasting"
STACKS = ("data", "service")
# In the file: stage, stack, logical id.
RESOURCE_DEPTH = 3


def found(assembly: Assembly, stage: str) -> dict[str, Any]:
    """Each stack's lasting resources by logical id, and the names that the data stack exports."""
    stacks = {stack: lasting(assembly.template(stage, stack)) for stack in STACKS}
    return {**stacks, "exports": sorted(exports(assembly.template(stage, "data")))}


def recorded(stage: str) -> dict[str, Any]:
    """What the file holds of a stage."""
    return dict(json.loads(FILE.read_text())[stage])


def main() -> None:
    """Rewrites the file from a synthesis of every stage; exits with its errors if it fails."""
    with tempfile.TemporaryDirectory() as out:
        done = synthesize(Path(out))
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        now = {stage: found(Assembly(Path(out)), stage) for stage in STAGES}
    FILE.write_text(_lines(now) + "\n")
    sys.stdout.write(f"{FILE}: look at what changed before you commit it.\n")


def _lines(value: Any, depth: int = 0) -> str:
    """JSON with one resource a line, so that a review sees what changed."""
    if depth == RESOURCE_DEPTH or not isinstance(value, dict):
        return json.dumps(value)
    indent = " " * depth
    inner = (f" {indent}{json.dumps(key)}: {_lines(one, depth + 1)}" for key, one in value.items())
    return "{\n" + ",\n".join(inner) + f"\n{indent}}}"


if __name__ == "__main__":
    main()
