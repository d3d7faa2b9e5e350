"""Asks axe what of a page keeps people from using it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")


def faults(page: Page, within: str | None = None) -> list[str]:
    """What axe finds that is serious or critical: the rule, what it means, and where."""
    # The page's policy lets no script in; what a debugger evaluates is not held by it.
    found = Axe().run(page, within).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]
