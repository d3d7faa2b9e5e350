"""The page that the repository holds is what `make page` builds of its sources."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.failure import Failure
from cli.local.layout import BUILT_PAGE, Layout
from cli.local.node import install_locked, node_environment, npm_command
from cli.local.page.building import SOURCES, build


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_page_that_is_there_is_what_is_built(tmp_path: Path) -> None:
    made = tmp_path / "dist"
    build(made)
    found, wanted = files_of(BUILT_PAGE), files_of(made)
    assert found.keys() == wanted.keys(), "run `make page`, and commit web/dist"
    assert [path for path in wanted if found[path] != wanted[path]] == []


def test_the_page_s_own_tests_pass(tmp_path: Path) -> None:
    install_locked(SOURCES, Layout(tmp_path).log("npm"), "What the page is made of")
    done = subprocess.run(
        [*npm_command(), "run", "test"],
        cwd=SOURCES,
        env={**os.environ, **node_environment(), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_no_file_of_the_page_names_where_its_packages_came_from() -> None:
    lock = (SOURCES / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "registry" not in lock
    assert '"integrity": "sha512-' in lock


def test_packages_that_cannot_be_had_are_one_sentence_with_the_log(tmp_path: Path) -> None:
    shutil.copyfile(SOURCES / "package.json", tmp_path / "package.json")
    (tmp_path / "package-lock.json").write_text("{}", encoding="utf-8")
    log = Layout(tmp_path / "local").log("npm")
    with pytest.raises(Failure, match=rf"could not be installed: .*{log.name}"):
        install_locked(tmp_path, log, "What the page is made of")
