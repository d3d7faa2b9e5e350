"""Runs a command as at a terminal: it is asked, and what a person would type is typed."""

from __future__ import annotations

import os
import pty
import re
import select
import time
from collections.abc import Sequence
from pathlib import Path

LIMIT_S = 400.0
_CONTROL = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")


def at_terminal(
    command: Sequence[str], answers: dict[str, str], environ: dict[str, str], cwd: Path
) -> tuple[int, str]:
    """The command's exit code and all that the terminal showed.

    `answers` are typed, each once, when the text that it is named by is shown. Fails with what was
    shown if the command does not end in time.
    """
    child, screen = pty.fork()
    if child == 0:
        os.chdir(cwd)
        os.execvpe(command[0], list(command), environ)  # noqa: S606  (the command under test)
    shown, waiting = "", dict(answers)
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        if not select.select([screen], [], [], 1.0)[0]:
            continue
        try:
            piece = os.read(screen, 65_536)
        except OSError:  # Linux tells so that the other end is closed
            piece = b""
        if not piece:
            break
        shown += piece.decode(errors="replace")
        for prompt in [prompt for prompt in waiting if prompt in shown]:
            os.write(screen, f"{waiting.pop(prompt)}\n".encode())
    else:
        os.kill(child, 9)
        os.waitpid(child, 0)
        raise AssertionError(f"{command} did not end:\n{shown}")
    os.close(screen)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), _CONTROL.sub("", shown)
