"""The documents build as a site without a warning, which loads nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.documentation_site import PAGES, indented, linked
from cli.local.layout import PROJECT


def build(config: Path, out: Path) -> subprocess.CompletedProcess[str]:
    mkdocs = Path(sys.executable).with_name("mkdocs")
    return subprocess.run(
        [mkdocs, "build", "--strict", "--config-file", config, "--site-dir", out],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    done = build(PROJECT / "mkdocs.yml", out)
    assert done.returncode == 0, done.stderr
    return out


def test_every_document_is_a_page(site: Path) -> None:
    wanted = {path.stem for path in (PROJECT / "docs").glob("*.md")}
    wanted |= {Path(page).stem for page in PAGES.values()}
    assert {path.stem for path in site.glob("*.html")} == wanted | {"404"}


def test_a_page_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = [*site.glob("*.html"), *site.rglob("*.css")]
    loaded = re.compile(
        r"<(?:script|img|iframe)[^>]+src=[\"']?(?:https?:)?//[^\"'> ]+"
        r"|<link[^>]+href=[\"']?(?:https?:)?//[^\"'> ]+"
        r"|url\([\"']?(?:https?:)?//[^)]+|@import\s+[\"'](?:https?:)?//[^\"']+"
    )
    found = {hit for page in pages for hit in loaded.findall(page.read_text(encoding="utf-8"))}
    # The address of the page itself, for search engines; a browser does not follow it.
    assert {hit for hit in found if 'rel="canonical"' not in hit} == set()


def test_a_list_keeps_its_code(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    section = text.partition('id="deploy-to-aws"')[2].partition("<h2")[0]
    assert "<pre><code>.venv/bin/nexus deploy --stage prod" in section
    assert "```" not in section


@pytest.mark.parametrize("wrong", ["[a](absent.md)", "[a](aws.md#no-such-part)"])
def test_a_link_that_leads_nowhere_is_no_site(tmp_path: Path, wrong: str) -> None:
    documents = tmp_path / "docs"
    documents.mkdir()
    (documents / "index.md").write_text(f"# A\n\n{wrong}\n")
    (documents / "aws.md").write_text("# B\n")
    config = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8")
    config = config[: config.index("hooks:")] + "nav: [index.md, aws.md]\n"
    (tmp_path / "mkdocs.yml").write_text(config)
    assert build(tmp_path / "mkdocs.yml", tmp_path / "out").returncode == 1


def test_links_lead_within_the_site_or_name_the_file() -> None:
    text = "[how](docs/aws.md#rotating) [x](#here) [log](CHANGELOG.md) [w](https://example.org)"
    assert linked(text, "README.md") == (
        "[how](aws.md#rotating) [x](#here) log (`CHANGELOG.md`) [w](https://example.org)"
    )
    assert linked("[README](../README.md#a) [s](scale.md)", "docs/aws.md") == (
        "[README](index.md#a) [s](scale.md)"
    )


def test_what_belongs_to_an_item_is_four_columns_in_and_its_code_eight() -> None:
    text = "1. Do:\n\n   ```sh\n   if a; then\n     b\n   fi\n   ```\n   and go on\n"
    assert indented(text) == (
        "1. Do:\n\n\n        if a; then\n          b\n        fi\n\n    and go on\n"
    )
