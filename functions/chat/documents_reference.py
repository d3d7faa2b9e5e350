"""Adds the routes of the other functions to this API's description: one reference for all.

Functions never import each other, so their routes' descriptions are files, `documents_openapi.json`
(with keys and people) and `audio_openapi.json`, which `python -m cli.reference` writes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from fastapi import FastAPI

FILES = ("documents_openapi.json", "audio_openapi.json")


def complete(app: FastAPI, first: Callable[[], None]) -> None:
    """Makes the app's description include the other functions' routes; `first` adds its own."""
    own = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            first()
            whole = own()
            for name in FILES:
                text = files("functions.chat").joinpath(name).read_text("utf-8")
                whole = _joined(whole, json.loads(text))
            app.openapi_schema = whole
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign] # as FastAPI's documentation does


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    paths = {**first["paths"], **second["paths"]}
    components = {
        kind: {**first["components"].get(kind, {}), **second["components"].get(kind, {})}
        for kind in {**first["components"], **second["components"]}
    }
    return {**first, "paths": paths, "components": components}
