"""A page of the local stage's figures, at an address that only this run's owner knows.

The model server serves it, as it stays for as long as the stage does. A browser cannot send the
key, so the address holds what only the key's owner can compute. The page loads nothing, runs no
script, and takes no input.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse

from cli.failure import Failure
from nexus.errors import NexusError

if TYPE_CHECKING:
    from nexus.operations.figures import Figures, LastDay, Told

TITLES = {
    "traffic": "Traffic",
    "latency_ms": "Latency, ms",
    "errors": "Errors",
    "answers": "Answers and confidence",
    "refusals": "Refusals",
    "spend": "Spend",
    "ingestion": "Ingestion",
    "dependencies": "Dependencies",
}
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    "main{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1.5rem}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.15rem .4rem;text-align:left}"
    "td:last-child,th:last-child{text-align:right}td+td{font-variant-numeric:tabular-nums}"
    "h2{font-size:1.1rem;margin:.2rem 0}tr.of td:first-child{padding-left:1.4rem}"
    ":root{color-scheme:light dark}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def figures_path(models_key: str) -> str:
    """The page's path in the run that has this key."""
    return f"/figures/{hmac.new(models_key.encode(), b'figures', hashlib.sha256).hexdigest()[:32]}"


class FiguresPage:
    """Answers GET with the page; `connect` gives the figures, and may raise Failure."""

    def __init__(self, connect: Callable[[], Figures]) -> None:
        self._connect = connect
        self._made: Figures | None = None
        self._lock = threading.Lock()

    async def show(self, request: Request) -> HTMLResponse:
        del request
        status, page = await anyio.to_thread.run_sync(self._answer)
        return HTMLResponse(page, status, HEADERS)

    def _answer(self) -> tuple[int, str]:
        try:
            with self._lock:
                self._made = self._made or self._connect()
            return 200, page_of(self._made.last_day())
        except (Failure, NexusError) as error:
            return 503, _page(f"<p>{escape(str(error))}</p>")


def local_figures(root: Path) -> Figures:
    """The figures of the local stage whose files are in a folder, as its function reads them.

    Raises Failure if it is not deployed, or its function cannot be asked.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    from cli.local.layout import Layout
    from cli.stacks import local_session, read_deployment
    from nexus.settings import Settings
    from nexus.wiring.figures import figures_of

    session = local_session(Layout(root))
    function = read_deployment("local", session).documents_function
    try:
        found = session.client("lambda").get_function_configuration(FunctionName=function)
    except (BotoCoreError, ClientError) as err:
        raise Failure(f"The local stage could not be asked for its log groups: {err}") from err
    settings = Settings.from_environ(found.get("Environment", {}).get("Variables", {}))
    return figures_of(settings, session.client)  # type: ignore[arg-type] # overloaded by service


def page_of(day: LastDay) -> str:
    """The page's HTML."""
    begin, end = (datetime.fromtimestamp(at).astimezone() for at in (day.begin_s, day.end_s))
    span = f"{begin:%d %b %H:%M} to {end:%d %b %H:%M}"
    more = "" if day.complete else " More was recorded than could be read."
    parts = [_section(TITLES[name], told) for name, told in day.sections.items()]
    return _page(
        f"<h1>Nexus, {escape(day.stage)}</h1><p>{span}, at most a minute old.{more}</p>"
        f"<main>{''.join(parts)}</main>"
    )


def _section(title: str, told: Mapping[str, Told]) -> str:
    rows = "".join(_rows(name, value) for name, value in told.items())
    return f"<section><h2>{title}</h2><table>{rows}</table></section>"


def _rows(name: str, told: Told) -> str:
    words = escape(name.replace("_", " "))
    if not isinstance(told, dict):
        return f"<tr><td>{words}</td><td>{_number(told)}</td></tr>"
    inner = "".join(
        f'<tr class="of"><td>{escape(value)}</td><td>{_number(number)}</td></tr>'
        for value, number in told.items()
    )
    return f"<tr><th>{words}</th><th>{'' if told else '–'}</th></tr>{inner}"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.4g}"


def _page(content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="refresh" content="60"><title>Nexus figures</title>'
        f"<style>{_STYLE}</style></head><body>{content}</body></html>"
    )
