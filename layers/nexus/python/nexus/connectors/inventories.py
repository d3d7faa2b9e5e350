"""How a source's inventory is written: one gzipped JSON object, read back as it was."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict, fields
from typing import Any

from nexus.models.sources import Brought, Found, Inventory, RunReport, Underway

# Raised when an inventory of before can no longer be read; documents are then compared anew.
FORM = 1
_FOUND = tuple(spec.name for spec in fields(Found) if spec.name != "fetched")


def written(inventory: Inventory) -> bytes:
    """The inventory as bytes; the same inventory gives the same bytes."""
    underway = inventory.underway
    told = {
        "form": FORM,
        "spec": inventory.spec,
        "cursor": inventory.cursor,
        "gone": sorted(inventory.gone),
        "changing": inventory.changing,
        "underway": underway
        and {
            "since": underway.since,
            "at": underway.at,
            "seen": sorted(underway.seen),
            "report": asdict(underway.report),
        },
        "brought": [_row(one) for _, one in sorted(inventory.brought.items())],
    }
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)


def read(content: bytes) -> Inventory:
    """The inventory that `written` wrote; an empty one for another form."""
    told: dict[str, Any] = json.loads(gzip.decompress(content))
    if told.get("form") != FORM:
        return Inventory()
    underway = told["underway"]
    brought = [_brought(row) for row in told["brought"]]
    return Inventory(
        brought={one.found.id: one for one in brought},
        cursor=told["cursor"],
        gone=set(told["gone"]),
        underway=underway
        and Underway(
            underway["since"],
            underway["at"],
            set(underway["seen"]),
            RunReport(**underway["report"]),
        ),
        spec=told["spec"],
        changing=told.get("changing", False),
    )


def _row(one: Brought) -> dict[str, Any]:
    # What is empty is left out: a hundred thousand rows say "" often.
    found = {name: getattr(one.found, name) for name in _FOUND}
    kept = {name: value for name, value in found.items() if value or name in ("id", "groups")}
    row = {"found": kept, "path": one.path, "wanted": one.wanted, "said": one.said}
    return {**row, "digest": one.digest, "whole": one.whole}


def _brought(row: dict[str, Any]) -> Brought:
    found = {"path": "", "mark": "", **row["found"]}
    if found.get("groups") is not None:
        found["groups"] = tuple(found["groups"])
    return Brought(**{**row, "found": Found(**found)})
