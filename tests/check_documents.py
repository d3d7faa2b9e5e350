"""Reads the files of document cases as Nexus does, and says which read as their wanted.json asks.

    python -m tests.check_documents tests/golden/documents [NAME ...]
    python -m tests.check_documents --show FILE-OR-CASE ...

A NAME is the beginning of a case's name ("03"). `--show` prints what files become: their chunks,
each under the line that it is embedded with, and their warnings. Exit status 0 if everything
passed, else 1. wanted.json is explained in tests/golden/documents/README.md;
tests/unit/test_document_cases.py asks the same.
"""

from __future__ import annotations

import itertools
import json
import mimetypes
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from nexus.errors import DocumentRejected
from nexus.ingestion.chunking import chunk, embedding_text
from nexus.ingestion.parsing import parse

Wanted = dict[str, Any]


class Read(NamedTuple):
    """What became of a file.

    `status` is "indexed", "failed" (the reader said why, to the owner) or "crashed" (it did not).
    `chunks` are (text, all that is embedded for it: the line that it stands under, and the text).
    """

    status: str
    message: str
    chunks: list[tuple[str, str]]
    warnings: list[str]


def project() -> Callable[[Path], Read]:
    """How a file is read: the only place that knows the project."""

    def read(path: Path) -> Read:
        kind = mimetypes.guess_type(path.name)[0] or ""
        content = path.read_bytes()
        try:
            document = parse(
                content, path.name, kind, max_bytes=100 << 20, max_unpacked_bytes=512 << 20
            )
            chunks = chunk(document, path.name, embedding_model="m")
        except DocumentRejected as error:
            return Read("failed", str(error), [], [])
        except Exception as error:  # noqa: BLE001 - a crash is a finding, not the end of the run
            return Read("crashed", f"{type(error).__name__}: {error}", [], [])
        title = document.title or path.name
        return Read(
            "indexed",
            "",
            [(one.text, embedding_text(title, one)) for one in chunks],
            [f"{one.where}: {one.what}. {one.advice}" for one in document.warnings],
        )

    return read


GAP = r"[^\w\n;|]{1,4}"  # what may stand between a column's name and the value under it


def patterns(item: Any) -> list[str]:
    """The patterns of which one has to be found; "items" in the README."""
    if isinstance(item, str):
        return [_bounded(item)]
    if isinstance(item, list):
        return [pattern for one in item for pattern in patterns(one)]
    if "matches" in item:
        return [item["matches"]]
    parts = item["name"] if isinstance(item["name"], list) else [item["name"]]
    values = item["value"] if isinstance(item["value"], list) else [item["value"]]
    names = [GAP.join(map(_bounded_part, order)) for order in itertools.permutations(parts)]
    return [f"{name}{GAP}{_bounded(value)}" for name in names for value in values]


def _bounded(phrase: str) -> str:
    """A pattern for the phrase: any white space, and no part of a longer word or number."""
    right = r"(?!\w|[.,]\d)" if phrase[-1:].isalnum() else ""
    return f"{_bounded_part(phrase)}{right}"


def _bounded_part(phrase: str) -> str:
    left = r"(?<!\w)" if phrase[:1].isalnum() else ""
    return left + r"\s+".join(map(re.escape, phrase.split()))


def found(item: Any, text: str) -> bool:
    """Whether the item stands in the text."""
    return any(re.search(pattern, text) for pattern in patterns(item))


def faults(wanted: Wanted, read: Read) -> list[str]:
    """What is not as wanted, one sentence each."""
    status = wanted.get("status", "indexed")
    if read.status == "crashed" or (status != "any" and read.status != status):
        return [f"is {read.status}, not {status}: {read.message or 'no message'}"]
    if read.status == "failed":
        return _faults_of_message(wanted, read.message)
    wholes = [whole for _, whole in read.chunks]
    lines = [line for text, _ in read.chunks for line in text.split("\n")]

    def together(group: list[Any], places: list[str]) -> bool:
        return any(all(found(item, place) for item in group) for place in places)

    def asked(field: str) -> list[Any]:
        return list(wanted.get(field, []))

    return [
        *(
            f"no chunk holds together {_said(group)}"
            for group in asked("together")
            if not together(group, wholes)
        ),
        *(f"no line holds {_said(group)}" for group in asked("rows") if not together(group, lines)),
        *(f"one line mixes {_said(group)}" for group in asked("apart") if together(group, lines)),
        *(f"a chunk holds {_said([item])}" for item in asked("absent") if together([item], wholes)),
        *(
            f"no warning says {_said([item])}"
            for item in asked("warns")
            if not together([item], read.warnings)
        ),
    ]


def _faults_of_message(wanted: Wanted, message: str) -> list[str]:
    folded, told = message.lower(), wanted.get("message_contains", [])
    groups = [one if isinstance(one, list) else [one] for one in told]
    missed = [group for group in groups if not any(word.lower() in folded for word in group)]
    out = [f"message says nothing of {' or '.join(group)}: {message}" for group in missed]
    lies = [word for word in wanted.get("message_lacks", []) if word.lower() in folded]
    return out + [f"message says {lie!r}: {message}" for lie in lies]


def _said(group: list[Any]) -> str:
    def one(item: Any) -> str:
        if isinstance(item, str):
            return json.dumps(item, ensure_ascii=False)
        if isinstance(item, list):
            return one(item[0])
        if "matches" in item:
            return f"/{item['matches']}/"
        name = item["name"] if isinstance(item["name"], str) else " ".join(item["name"])
        value = item["value"] if isinstance(item["value"], str) else item["value"][0]
        return f"{name} -> {value}"

    return ", ".join(map(one, group))


def checks_of(case: Path) -> list[Wanted]:
    """The checks of a case's folder; none for a case that a person has to look at."""
    path = case / "wanted.json"
    checks: list[Wanted] = []
    if path.exists():
        checks = json.loads(path.read_text("utf-8")).get("checks", [])
    return checks


def show(names: list[str]) -> None:
    """Prints what files become."""
    read, say = project(), sys.stdout.write
    for path in map(Path, names):
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            if file.name in ("case.md", "wanted.json"):
                continue
            result = read(file)
            say(f"===== {file.name}: {result.status} {result.message}".rstrip() + "\n")
            say("".join(f"! {warning}\n" for warning in result.warnings))
            say("".join(f"---\n{whole}\n" for _, whole in result.chunks))


def main(arguments: list[str]) -> int:
    """Checks the cases of a folder, and prints a line for each."""
    if arguments[:1] == ["--show"]:
        show(arguments[1:])
        return 0
    if not arguments:
        sys.exit(__doc__)
    read, say = project(), sys.stdout.write
    totals = {True: [0, 0], False: [0, 0]}  # by control or not: passed, all
    for case in sorted(one for one in Path(arguments[0]).iterdir() if one.is_dir()):
        if arguments[1:] and not any(case.name.startswith(name) for name in arguments[1:]):
            continue
        bad = []
        checks = checks_of(case)
        for wanted in checks:
            problems = faults(wanted, read(case / wanted["file"]))
            count = totals[bool(wanted.get("control"))]
            count[0] += not problems
            count[1] += 1
            mark = " (control)" if wanted.get("control") else ""
            bad += [f"         {wanted['file']}{mark}: {problem}\n" for problem in problems]
        mark = ("FAIL" if bad else "pass") if checks else "by hand"
        say(f"{mark:8} {case.name}\n{''.join(bad)}")
    say("files {} of {}, controls {} of {}\n".format(*totals[False], *totals[True]))
    return 0 if all(passed == every for passed, every in totals.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
