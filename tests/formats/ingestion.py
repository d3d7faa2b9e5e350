"""Ingests files of every kind as the service does, and says how each ended.

    .venv/bin/python -m tests.formats.ingestion [--files 60]

The files are those of tests/golden/documents, taken in turn from each case, some of which hold what
has to be refused. A document has to end as `indexed`, as `indexed` with warnings, or as `failed`
with a reason that tells what to do; whatever else is told, and the exit code is then 1.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stdout
from itertools import islice, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import NamedTuple

import pytest

from nexus.models import DocumentRecord
from tests.formats.feature import GOLDEN
from tests.functions.ingest_services import ingest_function, put, record, run
from tests.openai_server import running_openai_server

# What cases hold beside their files.
_NO_FILES = {"case.md", "wanted.json", "README.md"}
# The beginnings of what a reason or a warning tells its reader to do.
_WAY = ("upload", "remove", "export", "open", "save", "run", "split", "show", "set", "put", "write")


class Ending(NamedTuple):
    """How the ingestion of a file ended: "indexed", "warned", "failed", or a fault in words."""

    path: str
    kind: str
    said: tuple[str, ...] = ()
    fault: str = ""


def mixed_files(count: int) -> list[Path]:
    """So many files, in turn from each case, so that every kind is among them."""
    folders = sorted(one for one in (GOLDEN / "documents").iterdir() if one.is_dir())
    cases = [
        sorted(path for path in case.iterdir() if path.name not in _NO_FILES) for case in folders
    ]
    every = (path for row in zip_longest(*cases) for path in row if path is not None)
    return list(islice(every, count))


def endings(paths: Sequence[Path]) -> list[Ending]:
    """Ingests each file by the function itself, in an account of its own; its logs are dropped."""
    with (
        redirect_stdout(io.StringIO()),
        TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as environment,
        running_openai_server(dimension=64) as models,
        ingest_function(models, environment, Path(folder)) as ingest,
    ):
        return [_ending(ingest, path) for path in paths]


def _ending(ingest: ModuleType, path: Path) -> Ending:
    name = f"{path.parent.name}/{path.name}"
    if run(ingest, put(name, path.read_bytes())):
        return Ending(name, "", fault="is to be tried again")
    found = record(ingest, name)
    return ending_of(found) if found else Ending(name, "", fault="left no record")


def ending_of(found: DocumentRecord) -> Ending:
    """How the ended document's record says it ended."""
    if found.status == "indexed":
        told = tuple(f"{one.where}: {one.what}. {one.advice}" for one in found.warnings)
        mute = [one.what for one in found.warnings if not tells_what_to_do(one.advice)]
        fault = f"has warnings that tell nothing to do: {mute}" if mute else ""
        return Ending(found.path, "warned" if told else "indexed", told, fault)
    reason = found.reason or ""
    is_ended = found.status == "failed" and tells_what_to_do(reason)
    fault = "" if is_ended else f"is {found.status}, and tells nothing to do: {reason}"
    return Ending(found.path, found.status, (reason,), fault)


def tells_what_to_do(text: str) -> bool:
    """Whether a reason or an advice says what its reader can do."""
    words = {word.strip(".,:;()").lower() for word in text.split()}
    return bool(words & set(_WAY))


def main(arguments: Sequence[str]) -> int:
    """Ingests, and prints each file's ending and their numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=60)
    found = endings(mixed_files(parser.parse_args(arguments).files))
    for one in found:
        sys.stdout.write(f"{one.fault or one.kind:8} {one.path}\n")
        sys.stdout.writelines(f"         {line}\n" for line in one.said)
    numbers = Counter("faults" if one.fault else one.kind for one in found)
    sys.stdout.write(f"{len(found)} files: {dict(numbers)}\n")
    return int(numbers["faults"] > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
