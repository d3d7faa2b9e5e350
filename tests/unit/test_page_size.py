"""What a browser loads of the page before the first question is small, and of no other host."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from cli.local.layout import PROJECT

BUILT = PROJECT / "web" / "dist"
MOST_BYTES = 330_000
# `import … from "./x.js"`, `import "./x.js"`, `export … from "./x.js"`: what is loaded at once.
IMPORTED = re.compile(r'(?:\bfrom|\bimport)\s*"(\./[^"]+\.js)"')
LOADED = re.compile(r'(?:src|href)="\./([^"]+\.js)"')


def loaded_at_once(page: Path) -> set[Path]:
    """The scripts of a page and all that they import, without what is loaded when it is needed."""
    waiting = [page.parent / name for name in LOADED.findall(page.read_text("utf-8"))]
    found: set[Path] = set()
    while waiting:
        script = waiting.pop().resolve()
        if script not in found:
            found.add(script)
            text = script.read_text("utf-8")
            waiting += [script.parent / name for name in IMPORTED.findall(text)]
    return found


@pytest.mark.parametrize("name", ["index.html", "embed.html"])
def test_the_scripts_before_the_first_question_have_at_most_330_kb_gzipped(name: str) -> None:
    scripts = loaded_at_once(BUILT / name)
    sizes = {each.name: len(gzip.compress(each.read_bytes(), 9)) for each in scripts}
    assert sum(sizes.values()) > 100_000, "hardly anything was found"
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_what_shows_pdfs_is_loaded_with_the_first_source() -> None:
    at_once = "".join(each.read_text("utf-8") for each in loaded_at_once(BUILT / "index.html"))
    behind = [
        each for each in BUILT.glob("assets/*.js") if "getDocument" in each.read_text("utf-8")
    ]
    assert behind
    assert "getDocument" not in at_once


@pytest.mark.parametrize("name", ["index.html", "embed.html"])
def test_a_page_has_no_inline_script_or_style_and_loads_its_own_files_alone(name: str) -> None:
    page = (BUILT / name).read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", page) == []
    assert all(value.startswith("./") for value in re.findall(r'(?:src|href)="([^"]*)"', page))
