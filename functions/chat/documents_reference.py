"""Adds the routes of documents, keys and people to this API's description: one reference for all.

Functions never import each other, so the routes' description is a file, `documents_openapi.json`,
which `python -m cli.reference` writes from the code of the two functions that answer them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from fastapi import FastAPI


def complete(app: FastAPI, first: Callable[[], None]) -> None:
    """Makes the app's description include the other functions' routes; `first` adds its own."""
    own = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            first()
            text = files("functions.chat").joinpath("documents_openapi.json").read_text("utf-8")
            app.openapi_schema = _joined(own(), json.loads(text))
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign] # as FastAPI's documentation does


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    paths = {**first["paths"], **second["paths"]}
    components = {
        kind: {**first["components"].get(kind, {}), **second["components"].get(kind, {})}
        for kind in {**first["components"], **second["components"]}
    }
    return {**first, "paths": paths, "components": components}
