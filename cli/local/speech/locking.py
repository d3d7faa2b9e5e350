"""Compiles requirements.in to a list with hashes: `python -m cli.local.speech.locking`.

What the project pins itself is left out, as it is installed beside these.
"""

from __future__ import annotations

import subprocess

from uv import find_uv_bin

from cdk.locking import locked_versions
from cli.local.layout import PROJECT
from cli.local.speech.install import REQUIREMENTS


def main() -> None:
    """Rewrites the list."""
    own = sorted(locked_versions(PROJECT / "requirements.txt"))
    command = [find_uv_bin(), "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    command += ["--python-version", "3.11", "--constraint", "requirements.txt", "--no-annotate"]
    command += ["--custom-compile-command", "python -m cli.local.speech.locking"]
    command += ["--no-emit-index-url", "--no-emit-find-links"]
    command += [f"--no-emit-package={name}" for name in own]
    source = REQUIREMENTS.with_suffix(".in").relative_to(PROJECT)
    target = REQUIREMENTS.relative_to(PROJECT)
    subprocess.run([*command, "--output-file", str(target), str(source)], cwd=PROJECT, check=True)


if __name__ == "__main__":
    main()
