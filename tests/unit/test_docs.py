"""What the documentation names is there: paths, levels of imports, commands and modules."""

from __future__ import annotations

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from cli.local.layout import PROJECT

NEXUS = PROJECT / "layers" / "nexus" / "python" / "nexus"
ARCHITECTURE = PROJECT / "docs" / "architecture.md"
DOCS = sorted(
    [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *(PROJECT / "docs").glob("*.md")]
)
# Names of a reader's own files and of models, and what only running makes.
MODELS = {"nexus/auto", "nexus/finance"}
NOT_OURS = {"metadata.json", "handler.py", "__init__.py", "agents.toml", *MODELS}
MADE = (".local", ".venv")

_SPAN = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"\.?\w[\w.-]*(?:/[\w.-]+)*/?")
_FILE = re.compile(r"(?<![\w./-])[\w-]+(?:/[\w.-]+)+\.\w+\b")
_SUFFIX = re.compile(r"\.(py|md|toml|json|jsonl|in|txt)$")


def paths_of(text: str) -> set[str]:
    """The paths that a text names: in backticks or, as in pictures, ending in a file's name."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    spans = {span for span in _SPAN.findall(prose) if _PATH.fullmatch(span)}
    named = {span for span in spans if "/" in span or _SUFFIX.search(span)}
    files = {path for path in _FILE.findall(text) if _SUFFIX.search(path)}
    return {
        path for path in named | files if path not in NOT_OURS and path.split("/")[0] not in MADE
    }


def exists(path: str) -> bool:
    """Whether a path leads somewhere from the repository's root or, in a room, from `nexus`."""
    return (PROJECT / path).exists() or (NEXUS / path).exists()


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_path_that_is_named_exists(doc: Path) -> None:
    paths = paths_of(doc.read_text(encoding="utf-8"))
    assert paths
    assert [path for path in sorted(paths) if not exists(path)] == []


def test_paths_are_found_in_prose_and_in_pictures() -> None:
    text = "See `cdk/no.py`, `gone.md` and `a b/c`.\n```\nchat/lost.py ▶ (text/lost.py)\n```\n"
    assert paths_of(text) == {"cdk/no.py", "gone.md", "chat/lost.py", "text/lost.py"}
    assert not any(exists(path) for path in paths_of(text))


def test_the_links_between_documents_lead_somewhere() -> None:
    for doc in DOCS:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", doc.read_text(encoding="utf-8")):
            assert (doc.parent / target).exists(), (doc.name, target)


def test_the_levels_of_imports_are_those_of_the_contract() -> None:
    config = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    rows = re.findall(
        r"^\| (\d+) \| ([^|]+) \|", ARCHITECTURE.read_text(encoding="utf-8"), re.MULTILINE
    )
    described = {int(level): set(_SPAN.findall(rooms)) for level, rooms in rows}
    levels = range(len(layers), 0, -1)
    assert described == {
        level: set(layer.split(" | ")) for level, layer in zip(levels, layers, strict=True)
    }


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_target_of_make_and_every_module_that_is_named_exists(doc: Path) -> None:
    text = doc.read_text(encoding="utf-8")
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"(?:`|^\s*)make ([a-z0-9]+)", text, re.MULTILINE)) <= targets
    for module in re.findall(r"python -m ([\w.]+)", text):
        assert find_spec(module), module
