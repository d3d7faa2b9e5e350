"""Writes tests/golden/formats.md, what is read of each format: `python -m tests.formats.report`."""

from __future__ import annotations

import sys

from nexus.errors import DocumentRejected
from nexus.ingestion.parsing import parse
from tests.formats.feature import GOLDEN, Feature
from tests.formats.features import features

REPORT = GOLDEN / "formats.md"
_LIMIT = 20_000_000
_HEAD = """# What is read of each format

Made by `.venv/bin/python -m tests.formats.report` from the samples in `tests/formats/features.py`;
a test fails when it is not current. A feature is *read* if all that is wanted of it is found,
*partly* if some is, and *not read* if none is.

| format | feature | read |
|---|---|---|
"""


def outcome(feature: Feature) -> str:
    """ "read", "partly" or "not read", by what parsing the feature's file gives."""
    try:
        document = parse(
            feature.make(), feature.path, "", max_bytes=_LIMIT, max_unpacked_bytes=_LIMIT
        )
    except DocumentRejected as rejection:
        return "read" if feature.refused and feature.refused in str(rejection) else "not read"
    lines = [
        " › ".join((*text.locator.heading, line))
        for text in document.texts
        for line in text.text.split("\n")
    ]
    checks = [any(words in line for line in lines) for words in feature.wanted]
    checks += [not any(words in line for line in lines) for words in feature.unwanted]
    if feature.warned:
        checks.append(any(feature.warned in warning.what for warning in document.warnings))
    if feature.refused:
        checks.append(False)
    if all(checks):
        return "read"
    return "partly" if any(checks) else "not read"


def report() -> str:
    """The whole page."""
    rows = [f"| {one.format} | {one.name} | {outcome(one)} |" for one in features()]
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    REPORT.write_text(report(), encoding="utf-8")
    sys.stdout.write(f"{REPORT}\n")
