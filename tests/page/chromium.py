"""Finds a Chromium for the page's tests: `python -m tests.page.chromium [--install]` prints it.

`--install` takes the one that npm's @sparticuz/chromium carries, for machines whose packages have
none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cli.failure import Failure
from cli.local.layout import PROJECT
from cli.local.node import install_locked, node_environment, node_program

NEEDED = "NEXUS_CHROMIUM_NEEDED"
NONE = (
    "There is no Chromium here, so the page's tests in a browser did not run: install the package "
    "chromium, or run `.ci/chromium`."
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_LOCK = Path(__file__).with_name("npm_chromium")  # package.json and package-lock.json
_INSTALLED = PROJECT / ".local" / "chromium"
_UNPACK = (
    "import chromium from '@sparticuz/chromium';"
    "process.stdout.write(await chromium.executablePath());"
)


def found() -> Path | None:
    """The Chromium that the tests use; None if there is none."""
    for name in _NAMES:
        if path := shutil.which(name):
            return Path(path)
    kept = _INSTALLED / "chromium"
    return kept if kept.is_file() else None


def install() -> Path:
    """npm's Chromium, unpacked into `.local/chromium`. Raises Failure if it cannot be had."""
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(_LOCK / name, _INSTALLED / name)
    install_locked(_INSTALLED, _INSTALLED / "npm.log", "A Chromium")
    done = subprocess.run(
        [str(node_program()), "--input-type=module", "--eval", _UNPACK],
        cwd=_INSTALLED,
        # Its own libraries are unpacked where it believes to be on Lambda.
        env={**os.environ, **node_environment(), "TMPDIR": str(_INSTALLED)},
        capture_output=True,
        text=True,
        check=False,
    )
    unpacked = Path(done.stdout.strip())
    if done.returncode or not unpacked.is_file():
        raise Failure(f"npm's Chromium could not be unpacked: {done.stderr.strip()[-300:]}")
    kept = _INSTALLED / "chromium"
    if unpacked != kept:
        shutil.move(unpacked, kept)
    return kept


def main() -> None:
    """Prints where the Chromium is; ends with one sentence if there is none."""
    try:
        path = install() if "--install" in sys.argv[1:] else found()
    except Failure as failure:
        raise SystemExit(f"nexus: {failure}") from failure
    if path is None:
        raise SystemExit(f"nexus: {NONE}")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
