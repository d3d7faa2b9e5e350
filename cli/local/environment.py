"""The Python environment that the emulator, and so every function, runs in."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin

from cli.failure import Failure
from cli.local.layout import Layout

REQUIREMENTS = Path(__file__).with_name("emulator-requirements.txt")
_INSTALL_S = 300


def emulator_python(layout: Layout) -> Path:
    """Path of the emulator's Python; its environment is made first if it is absent or outdated.

    Raises Failure if the packages cannot be installed.
    """
    python = layout.emulator / "bin" / "python"
    stamp = layout.emulator / "made-from.txt"
    wanted = _fingerprint()
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    # Made in place, because a virtual environment cannot be moved; the stamp comes last, so that
    # one left half made is made again.
    shutil.rmtree(layout.emulator, ignore_errors=True)
    layout.emulator.parent.mkdir(parents=True, exist_ok=True)
    uv = find_uv_bin()
    _run(layout, [uv, "venv", "--quiet", "--python", sys.executable, str(layout.emulator)])
    install = [uv, "pip", "install", "--quiet", "--require-hashes"]
    _run(layout, [*install, f"--python={python}", f"--requirement={REQUIREMENTS}"])
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _fingerprint() -> str:
    basis = f"{sys.version}|{sys.base_prefix}|{REQUIREMENTS.read_text(encoding='utf-8')}"
    return hashlib.sha256(basis.encode()).hexdigest()


def _run(layout: Layout, command: list[str]) -> None:
    log = layout.log("setup")
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    with log.open("ab") as output:
        try:
            subprocess.run(
                command, check=True, stdout=output, stderr=output, env=env, timeout=_INSTALL_S
            )
        except subprocess.TimeoutExpired as err:
            raise Failure(
                f"Installing the local emulator took over {_INSTALL_S} s; see {log}."
            ) from err
        except subprocess.CalledProcessError as err:
            raise Failure(
                "The local emulator could not be installed: check the network, then try again. "
                f"The log is {log}."
            ) from err
