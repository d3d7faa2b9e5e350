"""Each import contract fails when a module breaks it, though no contract has heard of that module.

The sources are copied, a new module is added to the copy, and import-linter runs there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.local.layout import PROJECT

PATH = "layers/nexus/python"
NEXUS = f"{PATH}/nexus"
SOURCES = (NEXUS, "functions", "cli", "cdk")

ROOMS = "Rooms use what stands below them"
CORE = "The core knows ports, never SDKs, web frameworks or adapters"
WIRING = "Only wiring imports adapters"
FUNCTIONS = "Functions never import each other"
INFRASTRUCTURE = "Infrastructure never imports what it deploys"

# A new module, what it imports, and the contract that this breaks.
BREACHES = {
    "a lower room uses a higher": (f"{NEXUS}/text/new.py", "nexus.retrieval", ROOMS),
    "neighbours use each other": (f"{NEXUS}/retrieval/new.py", "nexus.ingestion", ROOMS),
    "the models use a port": (f"{NEXUS}/models/new.py", "nexus.ports", ROOMS),
    "a port uses the settings": (f"{NEXUS}/ports/new.py", "nexus.settings", ROOMS),
    "the core uses the wiring": (f"{NEXUS}/documents/new.py", "nexus.wiring", ROOMS),
    "a room that no level names": (f"{NEXUS}/attic/__init__.py", "", ROOMS),
    "a file beside the rooms": (f"{NEXUS}/odds.py", "", ROOMS),
    "the core uses AWS's SDK": (f"{NEXUS}/answering/new.py", "boto3", CORE),
    "the core uses a model's SDK": (f"{NEXUS}/retrieval/new.py", "openai", CORE),
    "the core uses a web framework": (f"{NEXUS}/documents/new.py", "fastapi", CORE),
    "the core uses a database": (f"{NEXUS}/operations/new.py", "sqlite3", CORE),
    "a function uses an adapter": ("functions/ingest/new.py", "nexus.adapters.sqs.queue", WIRING),
    "the terminal uses an adapter": ("cli/commands/new.py", "nexus.adapters.s3", WIRING),
    "a function uses another": ("functions/chat/new.py", "functions.documents.app", FUNCTIONS),
    "functions share by the back door": ("functions/backup/new.py", "functions.reindex", FUNCTIONS),
    "a new function uses another": ("functions/new/__init__.py", "functions.chat", FUNCTIONS),
    "infrastructure uses the core": ("cdk/new.py", "nexus.settings", INFRASTRUCTURE),
    "infrastructure uses a function": ("cdk/new.py", "functions.chat", INFRASTRUCTURE),
    "infrastructure uses the terminal": ("cdk/new.py", "cli.connection", INFRASTRUCTURE),
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of what the contracts speak of, and of the contracts."""
    for folder in SOURCES:
        for module in (PROJECT / folder).rglob("*.py"):
            target = tmp_path / module.relative_to(PROJECT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(module, target)
    shutil.copyfile(PROJECT / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def test_the_sources_as_they_are_keep_every_contract(sources: Path) -> None:
    # A contract that no breach is known for is one that nobody has seen fail.
    known = {contract for _, _, contract in BREACHES.values()}
    assert contracts_of(sources) == dict.fromkeys(known, "KEPT")


@pytest.mark.parametrize("breach", BREACHES)
def test_a_new_module_breaks_the_contract_it_should_and_no_other(
    sources: Path, breach: str
) -> None:
    module, imported, contract = BREACHES[breach]
    target = sources / module
    target.parent.mkdir(exist_ok=True)
    target.write_text(f"import {imported}\n" if imported else "", encoding="utf-8")
    found = contracts_of(sources)
    assert [name for name, state in found.items() if state == "BROKEN"] == [contract]


def contracts_of(sources: Path) -> dict[str, str]:
    """Each contract by its name: KEPT or BROKEN in these sources."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=sources,
        env={**os.environ, "PYTHONPATH": str(sources / PATH), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    found = dict(re.findall(r"^(.+) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))
    assert found, done.stdout + done.stderr
    assert ("BROKEN" in found.values()) == bool(done.returncode)
    return found
