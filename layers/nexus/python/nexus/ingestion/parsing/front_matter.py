"""Reads what a Markdown file says of itself above its text: YAML between ---, TOML between +++."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nexus.ingestion.parsing.cleaning import squeeze

_LONGEST = 200
_FIELD = re.compile(r"([A-Za-z_][\w .-]{0,60}?)[ \t]{0,9}[:=](?:[ \t]+(.{0,2000})|$)")
_TITLES = ("title", "judul")
_BLOCKS = (">", "|", ">-", "|-", ">+", "|+")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The title and the other fields, each as "name: value"; `lines` is how many it takes up."""

    lines: int = 0
    title: str | None = None
    fields: tuple[str, ...] = ()


def front_matter(lines: list[str]) -> FrontMatter:
    """What stands above the text, if it reads as front matter; a rule at the top is only a rule."""
    mark = lines[0].strip() if lines else ""
    if mark not in ("---", "+++"):
        return FrontMatter()
    for end, line in enumerate(lines[1:_LONGEST], start=1):
        if line.strip() == mark or (mark == "---" and line.strip() == "..."):
            found = _fields(lines[1:end])
            return FrontMatter() if found is None else _of(found, end + 1)
    return FrontMatter()


def _of(fields: list[tuple[str, str]], lines: int) -> FrontMatter:
    title = next((said for name, said in fields if name.lower() in _TITLES and said), None)
    others = [(name, said) for name, said in fields if name.lower() not in _TITLES and said]
    return FrontMatter(lines, title, tuple(f"{name}: {said}" for name, said in others))


def _fields(lines: list[str]) -> list[tuple[str, str]] | None:
    """The fields with their values on one line; None if the lines are not of such fields alone."""
    fields: list[tuple[str, str]] = []
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            # A heading of Markdown looks like a comment: only below a field is it one.
            if text and not fields:
                return None
            continue
        match = _FIELD.match(line)
        if match:
            said = (match[2] or "").strip()
            fields.append((squeeze(match[1]), "" if said in _BLOCKS else _plain(said)))
        elif fields and (line[:1] in " \t" or text.startswith(("- ", "]", "}", "["))):
            name, before = fields[-1]
            more = _plain(text.removeprefix("- "))
            fields[-1] = (
                name,
                f"{before}, {more}" if before and text != more else f"{before} {more}".strip(),
            )
        else:
            return None
    return fields or None


def _plain(said: str) -> str:
    """A value without the marks of YAML or TOML around it."""
    said = squeeze(said)
    if said[:1] == "[" and said[-1:] == "]":
        return ", ".join(filter(None, (_plain(part) for part in said[1:-1].split(","))))
    if len(said) > 1 and said[0] == said[-1] and said[0] in "\"'":
        return said[1:-1]
    return said
