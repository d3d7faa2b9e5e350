"""Writes the references that the code knows best: `python -m cli.reference`.

That is the README's table of settings, and the descriptions of the routes of the functions for
documents, for keys and people and for audio, which the chat function serves with its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any, cast

from fastapi import FastAPI

from cli.local.layout import PROJECT
from functions.access.app import create_app as create_access
from functions.audio.app import create_app as create_audio
from functions.documents.app import create_app as create_documents
from nexus.services import AccessServices, AudioServices, DocumentsServices
from nexus.setting_values import variable_of
from nexus.settings import Settings

README = PROJECT / "README.md"
ROUTES = PROJECT / "functions" / "chat" / "documents_openapi.json"
AUDIO_ROUTES = PROJECT / "functions" / "chat" / "audio_openapi.json"
BEGIN = "<!-- settings: written by `python -m cli.reference` -->\n"
END = "<!-- end of settings -->"


def settings_table() -> str:
    """A Markdown table of every variable, its default and its meaning."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for spec in fields(Settings):
        default = spec.default
        shown = ", ".join(default) if isinstance(default, tuple) else str(default)
        shown = "" if default is None else shown.lower() if isinstance(default, bool) else shown
        meaning = spec.metadata["doc"]
        if spec.metadata["choices"]:
            meaning += f" One of {', '.join(f'`{choice}`' for choice in spec.metadata['choices'])}."
        code = f"`{shown}`" if shown else ""
        rows.append(f"| `{variable_of(spec)}` | {code} | {meaning} |")
    return "\n".join(rows) + "\n"


def with_settings(readme: str) -> str:
    """The README with its reference brought up to date. Raises ValueError without its markers."""
    before, _, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError("README.md lacks the markers of the settings.")
    return before + BEGIN + settings_table() + end + after


@dataclass(frozen=True)
class _Described:
    """All that an app needs of its services to be described."""

    settings: Settings


def documents_routes() -> str:
    """The description of the routes of documents, keys and people, as JSON."""
    settings = _Described(Settings())
    of_documents = _part_of(create_documents(cast(DocumentsServices, settings)))
    of_access = _part_of(create_access(cast(AccessServices, settings)))
    components = of_documents["components"]
    return _as_json(
        {
            "paths": {**of_documents["paths"], **of_access["paths"]},
            "components": {
                kind: {**components[kind], **of_access["components"][kind]} for kind in components
            },
        }
    )


def audio_routes() -> str:
    """The description of the audio function's routes, as JSON."""
    return _as_json(_part_of(create_audio(cast(AudioServices, _Described(Settings())))))


def _part_of(app: FastAPI) -> dict[str, Any]:
    described: dict[str, Any] = app.openapi()
    return {name: described[name] for name in ("paths", "components")}


def _as_json(part: dict[str, Any]) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    ROUTES.write_text(documents_routes(), encoding="utf-8")
    AUDIO_ROUTES.write_text(audio_routes(), encoding="utf-8")
    README.write_text(with_settings(README.read_text(encoding="utf-8")), encoding="utf-8")
