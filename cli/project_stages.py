"""A stage's entry in cdk.json, read and replaced; all else in the file stays as it was written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from cdk.choosing import project_context
from cdk.stages import StageError
from cli.failure import Failure
from cli.local.layout import write_text

_BLANK = re.compile(r"[ \t\r\n]*")
_Members = dict[str, tuple[int, int]]


def fields_of(file: Path, stage: str) -> dict[str, Any] | None:
    """A stage's fields as they are written; None if there is no such stage. Raises Failure."""
    try:
        found = dict(project_context(file)["stages"]).get(stage)
    except (StageError, KeyError, TypeError, ValueError) as err:
        raise Failure(f"cdk.json has no stages: {err}.") from err
    return None if found is None else dict(found)


def replace_fields(file: Path, stage: str, fields: dict[str, Any]) -> None:
    """Writes a stage's entry; a field whose value stays keeps its spelling, and its place."""
    text = file.read_text(encoding="utf-8")
    write_text(file, replaced(text, stage, fields))


def replaced(text: str, stage: str, fields: dict[str, Any]) -> str:
    """The text of cdk.json with another entry of a stage, which may be new."""
    start = _BLANK.match(text).end()  # type: ignore[union-attr]  # it matches nothing, too
    for name in ("context", "stages"):
        start = _members(text, start)[name][0]
    stages = _members(text, start)
    if stage in stages:
        begin, end = stages[stage]
        return text[:begin] + _entry(text, begin, fields) + text[end:]
    _, end = list(stages.values())[-1]
    return f"{text[:end]},\n      {json.dumps(stage)}: {_entry('{}', 0, fields)}{text[end:]}"


def _entry(text: str, begin: int, fields: dict[str, Any]) -> str:
    spans = _members(text, begin)
    order = [name for name in spans if name in fields]
    lines = []
    for name in [*order, *(name for name in fields if name not in spans)]:
        written = text[slice(*spans[name])] if name in spans else ""
        if not written or json.loads(written) != fields[name]:
            written = json.dumps(fields[name], ensure_ascii=False, indent=2)
            written = written.replace("\n", "\n        ")
        lines.append(f"        {json.dumps(name)}: {written}")
    return "{\n" + ",\n".join(lines) + "\n      }"


def _members(text: str, begin: int) -> _Members:
    """Where the values of the object that begins at a place begin and end, by name."""
    decode = json.JSONDecoder().raw_decode
    found: _Members = {}
    at = _after(text, begin + 1)
    while text[at] != "}":
        name, at = decode(text, at)
        value = _after(text, _after(text, at) + 1)  # past the colon
        end = decode(text, value)[1]
        found[name] = (value, end)
        at = _after(text, end)
        if text[at] == ",":
            at = _after(text, at + 1)
    return found


def _after(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
