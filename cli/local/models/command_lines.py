"""Makes one unit of a command on a line of its own and the sentence that introduces it.

"To list the files, run" answers nothing without the line below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cli.local.models.sentences import Unit

# What introduces a command, and a line that looks like one.
_INTRODUCES = re.compile(
    r"(?::|\b(?:runs?|running|execut(?:e|ing)|commands?|typ(?:e|ing)|us(?:e|ing)|with|by|following|"
    r"enter|do|perintah|jalankan|ketik|dengan))\Z"
)
_COMMAND = re.compile(r"(?:[#$%>] ?)?(?:\.?/)?[a-z][\w./+-]{0,40}(?: \S{1,80}){0,15}")
_COMMAND_SIGN = re.compile(r"^[#$%>]|(?<!\S)--?\w|[/=_<]|\w\.\w|^\S+ \S+(?: \S+)?$")
MAX_COMMAND = 120


def with_commands(text: str, units: Sequence[Unit]) -> list[Unit]:
    """The units, a line with a command as the end of the sentence that introduces it."""
    told: list[Unit] = []
    for unit in units:
        above = told[-1] if told else None
        if (
            above is not None
            and above.kind in ("sentence", "heading", "line")
            and unit.kind in ("heading", "line")
            and unit.end - unit.start <= MAX_COMMAND
            and _INTRODUCES.search(text[above.start : above.end])
            and text.count(" ", above.start, above.end) > 2
            and _COMMAND.fullmatch(text, unit.start, unit.end)
            and _COMMAND_SIGN.search(text[unit.start : unit.end])
        ):
            told[-1] = Unit(above.start, unit.end, "sentence", above.context, above.term)
        else:
            told.append(unit)
    return told
