"""Writes the README's configuration reference from the settings: `python -m cli.reference`."""

from __future__ import annotations

from dataclasses import fields

from cli.local.layout import PROJECT
from nexus.settings import Settings

README = PROJECT / "README.md"
BEGIN = "<!-- settings: written by `python -m cli.reference` -->\n"
END = "<!-- end of settings -->"


def settings_table() -> str:
    """A Markdown table of every variable, its default and its meaning."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for spec in fields(Settings):
        default = spec.default
        shown = ", ".join(default) if isinstance(default, tuple) else str(default)
        meaning = spec.metadata["doc"]
        if spec.metadata["choices"]:
            meaning += f" One of {', '.join(f'`{choice}`' for choice in spec.metadata['choices'])}."
        code = f"`{shown}`" if shown else ""
        rows.append(f"| `NEXUS_{spec.name.upper()}` | {code} | {meaning} |")
    return "\n".join(rows) + "\n"


def with_settings(readme: str) -> str:
    """The README with its reference brought up to date. Raises ValueError without its markers."""
    before, _, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError("README.md lacks the markers of the settings.")
    return before + BEGIN + settings_table() + end + after


if __name__ == "__main__":
    README.write_text(with_settings(README.read_text(encoding="utf-8")), encoding="utf-8")
