"""`nexus status`: where a deployment is and how it does."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from cli import api
from cli.connection import Connection, connect, demo_key
from cli.failure import Failure
from cli.local import stack
from cli.local.layout import Layout
from cli.local.page.telling import page_link
from cli.local.people import people
from cli.local.run_record import Running
from cli.stage_names import LOCAL
from cli.terminal import Json, Stage, console, print_json


def status(stage: Stage = "local", as_json: Json = False) -> None:
    """Show a deployment's URL, health and documents."""
    layout = Layout()
    current = stack.running(layout) if stage == LOCAL else None
    if current and not current.ready:
        log = layout.log("deploy")
        raise Failure(f"The local stack is starting: wait for it, or see how far it is in {log}.")
    connection = connect(stage)
    url = connection.deployment.api_url
    health = api.call(url, "/health")
    counts = Counter(record.status for record in connection.operator.catalogue.list_documents(None))
    report: dict[str, Any] = {
        "stage": stage,
        "url": url,
        "page": _page(layout, current, connection),
        "key": demo_key() if stage == LOCAL else None,
        "people": [asdict(one) for one in people(layout)] if stage == LOCAL else [],
        "health": health,
        "documents": dict(sorted(counts.items())),
    }
    if as_json:
        print_json(report)
        return
    console.print(f"[bold]{stage}[/]  {url}", soft_wrap=True)
    if report["page"]:
        console.print(f"page    {report['page']}", soft_wrap=True)
    if report["key"]:
        console.print(f"key     {report['key']}", soft_wrap=True)
    for one in report["people"]:
        shown = f"{one['email']} {one['password']} (group {one['group']})"
        console.print(f"person  {shown}", markup=False, soft_wrap=True)
    console.print(f"health  {health['status']}")
    for name, check in health["checks"].items():
        mark = "[green]✓[/]" if check["status"] == "ok" else "[red]✗[/]"
        detail = f"  {check['detail']}" if check.get("detail") else ""
        console.print(f"  {mark} {name}  [dim]{check['latency_ms']:.0f} ms[/]{detail}")
    said = ", ".join(f"{number} {state}" for state, number in report["documents"].items())
    console.print(f"documents  {said or 'none'}")


def _page(layout: Layout, current: Running | None, connection: Connection) -> str | None:
    if connection.stage == LOCAL:
        return page_link(layout, current.port) if current else None
    return connection.deployment.page_url or None
