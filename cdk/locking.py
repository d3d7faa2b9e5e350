"""Compiles layers/dependencies/*.in to hash-locked lists: `python -m cdk.locking`.

Versions are those of requirements.txt, so that what is tested is what is deployed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from cdk.bytecode import uv
from cdk.packaging import DEPENDENCIES, ROOT

# Every function has the service layer, so the other layers leave out what it holds.
BASE = "service"


def lock_layers() -> list[Path]:
    """Rewrites every list, the base layer's first; returns the paths written."""
    others = sorted({path.stem for path in DEPENDENCIES.glob("*.in")} - {BASE})
    written = [_compile(BASE, [])]
    held = locked_versions(written[0])
    return written + [_compile(name, sorted(held)) for name in others]


def locked_versions(path: Path) -> dict[str, str]:
    """The packages that a list pins, with their versions."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", path.read_text(), re.MULTILINE))


def _compile(name: str, leave_out: list[str]) -> Path:
    output = DEPENDENCIES / f"{name}.txt"
    command = [
        *(uv(), "pip", "compile", "--quiet", "--universal", "--generate-hashes"),
        *("--python-version", "3.11", "--constraint", "requirements.txt"),
        *("--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
        *("--custom-compile-command", "python -m cdk.locking"),
        *(f"--no-emit-package={package}" for package in leave_out),
        *("--output-file", str(output.relative_to(ROOT)), f"layers/dependencies/{name}.in"),
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    return output


if __name__ == "__main__":
    for path in lock_layers():
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
