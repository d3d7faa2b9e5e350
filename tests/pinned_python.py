"""An interpreter of its own for what a measurement compares or drives, with pinned packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from cdk.bytecode import uv


def pinned_python(home: Path, requirements: Path) -> Path:
    """The interpreter of the environment at `home`, made from the locked list if need be.

    Raises subprocess.CalledProcessError if the packages cannot be had.
    """
    python, stamp = home / "bin" / "python", home / "made-from.txt"
    wanted = f"{sys.version}\n{requirements.read_text(encoding='utf-8')}"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([uv(), "venv", "--quiet", "--python", sys.executable, home], check=True)
        # Copied: nltk, which LlamaIndex splits with, refuses to read hard-linked files.
        install = [uv(), "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run(
            [*install, "--link-mode=copy", f"--python={python}", "-r", requirements], check=True
        )
        stamp.write_text(wanted, encoding="utf-8")
    return python
