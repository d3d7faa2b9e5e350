"""What `nexus doctor --verbose` shows beside its findings: each call, and what a search finds.

Sizes, ids, scores and times: what is shown can be passed on, for no text is in it.
"""

from __future__ import annotations

from cli import api
from cli.calls_made import Call
from cli.connection import connect, demo_key
from cli.failure import Failure
from cli.stage_names import LOCAL
from cli.terminal import console, counted

# Every text is near it and far from it alike: something is found wherever there is anything.
_QUERY = "What is this about?"


def show_call(call: Call) -> None:
    """Prints a call."""
    console.print(
        f"    {call.name}  {call.outcome}, {call.sent:,} bytes sent, {call.received:,} received, "
        f"{call.took_ms:.0f} ms",
        soft_wrap=True,
        markup=False,
        style="dim",
    )


def show_search(stage: str, key: str | None) -> None:
    """Searches once, and prints what was found; says how, where there is no key to do it with."""
    key = key or (demo_key() if stage == LOCAL else None)
    if key is None:
        console.print("    no search was tried: give an API key in NEXUS_API_KEY", style="dim")
        return
    try:
        found = api.call(
            connect(stage).deployment.api_url, "/v1/search", key=key, body={"query": _QUERY}
        )
    except Failure as failure:
        console.print(f"    the search failed: {failure}", markup=False, style="dim")
        return
    for passage in found["passages"]:
        console.print(
            f"    document {passage['document_id']}, version {passage['version']}: score "
            f"{passage['score']:.2f}, {len(passage['text']):,} characters",
            soft_wrap=True,
            markup=False,
            style="dim",
        )
    steps = ", ".join(f"{step} {took:.0f} ms" for step, took in found["timings"].items())
    what = counted(len(found["passages"]), "passage")
    console.print(f"    {what} of a search for {len(_QUERY)} characters: {steps}", style="dim")
