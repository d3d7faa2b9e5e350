"""Fits the documents to the site that mkdocs makes of them: `make docs`.

The repository's documents stay as GitHub shows them; the README becomes the site's first page.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.structure.files import File, Files

PROJECT = Path(__file__).resolve().parent.parent
# Documents outside of docs/ that are pages, too, by their paths in the repository.
PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md"}
_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)")
_FENCE = re.compile(r"( +)```")


def on_files(files: Files, *, config: Any) -> Files:
    """Adds the pages that do not lie in docs/."""
    for source, page in PAGES.items():
        text = (PROJECT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=linked(text, source)))
    return files


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """One page's text, with links that lead within the site."""
    at = page.file.src_uri
    source = {made: source for source, made in PAGES.items()}.get(at, f"docs/{at}")
    if source not in PAGES:
        markdown = linked(markdown, source)
    return indented(markdown)


def linked(markdown: str, source: str) -> str:
    """A document's text with its links as pages of the site have them.

    `source` is its path in the repository. What is no page is named by its path, as text.
    """

    def link(found: re.Match[str]) -> str:
        text, path, anchor = found[1], found[2], found[3] or ""
        if not path:
            return found[0]
        target = _within(PurePosixPath(source).parent / path)
        if target in PAGES:
            return f"[{text}]({PAGES[target]}{anchor})"
        if target.startswith("docs/") and target.endswith(".md"):
            return f"[{text}]({target.removeprefix('docs/')}{anchor})"
        return text if text == target else f"{text} (`{target}`)"

    return _LINK.sub(link, markdown)


def _within(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def indented(markdown: str) -> str:
    """The same text with lists as Python-Markdown reads them.

    There what belongs to a numbered item begins four columns in, and a block of code eight.
    """
    lines, code = list[str](), 0
    for line in markdown.split("\n"):
        if fence := _FENCE.match(line):
            lines.append("")  # without which the item that follows would be code
            code = 0 if code else len(fence[1])
        elif code:
            lines.append(f"        {line[code:]}" if line.strip() else "")
        elif re.match(r" {3}\S", line):
            lines.append(f" {line}")
        else:
            lines.append(line)
    return "\n".join(lines)
