"""Builds the page with the Node that is there: `python -m cli.local.page.building [FOLDER]`.

`make page` builds it into web/dist, which the repository holds: whoever starts the service needs
no npm, and a test builds it anew and compares.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from cli.failure import Failure
from cli.local.layout import BUILT_PAGE, PROJECT, Layout
from cli.local.node import install_locked, node_environment, npm_command

SOURCES = PROJECT / "web"
_BUILD_S = 300


def build(folder: Path, layout: Layout | None = None) -> None:
    """Builds the page into a folder, which is emptied first. Raises Failure, naming the log."""
    log = (layout or Layout()).log("page-build")
    log.unlink(missing_ok=True)
    install_locked(SOURCES, log, "What the page is made of")
    command = [*npm_command(), "run", "build", "--"]
    with log.open("ab") as output:
        try:
            subprocess.run(
                [*command, "--outDir", str(folder.resolve()), "--emptyOutDir"],
                cwd=SOURCES,
                env={**os.environ, **node_environment()},
                check=True,
                stdout=output,
                stderr=output,
                timeout=_BUILD_S,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as err:
            raise Failure(f"The page could not be built; see {log}.") from err


def main(arguments: Sequence[str]) -> None:
    """Builds into the folder that is named, or web/dist; exits with one sentence if it cannot."""
    folder = Path(arguments[0]) if arguments else BUILT_PAGE
    try:
        build(folder)
    except Failure as failure:
        raise SystemExit(f"nexus: {failure}") from failure
    sys.stdout.write(f"built the page into {folder}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
