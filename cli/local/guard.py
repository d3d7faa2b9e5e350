"""Ends the background processes when the command that watches them is killed outright.

It runs as a process of its own, `python -m cli.local.guard FOLDER OWNER`, with its standard input
held open by the command, whose id is OWNER. When the command ends, in whatever way, the input ends
too. A command that ended well has removed the run file, so there is nothing left to do.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cli.local.layout import Layout, read_json
from cli.local.stack import stop


def main(folder: Path, owner: int) -> None:
    """Waits for the end of standard input, then ends what its owner left running."""
    while sys.stdin.buffer.read(1):
        pass
    layout = Layout(folder)
    if read_json(layout.run_file).get("owner") == owner:  # no other command has taken over
        stop(layout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
