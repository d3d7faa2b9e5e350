"""Shows an answer in the terminal: whole, or sentence by sentence as it comes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape

from cli.streaming import Event
from cli.terminal import console

WITHDRAWN = "Withdrawn: the documents do not hold what was said last."


def show_answer(answer: dict[str, Any], target: Console = console) -> None:
    """Prints an answer and its sources as a person reads them."""
    target.print(f"\n{escape(answer['answer'])}\n", soft_wrap=True)
    show_sources(answer, target)
    if answer["sources"]:
        target.print()
    show_confidence(answer, target)


def show_as_told(events: Iterable[Event], target: Console = console) -> dict[str, Any]:
    """Prints an answer's sentences as they are told, and returns the whole answer.

    What is withdrawn is said to be, and what stays of the answer is printed again before the rest.
    """
    said: list[str] = []
    begun = False
    for name, data in events:
        if name == "delta":
            if not begun:
                target.print()
            begun = True
            said[data["index"] :] = [data["text"]]
            target.out(data["text"], end="", highlight=False)
        elif name == "retract":
            del said[data["since"] :]
            target.print(
                "\n\n[yellow]Withdrawn: the documents do not hold what was said last.[/]\n"
            )
            target.out("".join(said), end="", highlight=False)
        elif name in ("agent", "step"):
            show_step(name, data, target)
        elif name == "done":
            if "".join(said) != data["answer"]:
                target.print()
                target.out(data["answer"], end="", highlight=False)
            target.print("\n")
            return data
    raise AssertionError("an answer ends with `done`")


def show_step(name: str, data: dict[str, Any], target: Console = console) -> None:
    """Prints what an agent does: who it is, and each step once it has ended."""
    if name == "agent":
        target.print(f"[dim]{escape(data['title'])}[/]", soft_wrap=True)
    elif data["ended"]:
        ended = "" if data["outcome"] == "ok" else f", {data['outcome']}"
        detail = f" ({escape(data['detail'])})" if data.get("detail") else ""
        said = f"  {data['kind']} {escape(data['name'])}{ended}{detail}, {data['took_ms']:.0f} ms"
        target.print(f"[dim]{said}[/]", soft_wrap=True)


def show_action(action: dict[str, Any], target: Console = console) -> None:
    """Prints an action that waits to be confirmed, with exactly what it will be done with."""
    target.print(f"[yellow]{escape(action['title'])}[/] ({escape(action['tool'])})", soft_wrap=True)
    for name, value in action["arguments"].items():
        target.print(f"    {escape(str(name))}: {escape(str(value))}", soft_wrap=True)


def show_actions(answer: dict[str, Any], target: Console = console) -> None:
    """Prints the actions that an answer waits with, and how to have them done."""
    for action in answer.get("confirmations") or ():
        show_action(action, target)
        target.print(f"[dim]To have it done: --confirm {action['id']} with --conversation[/]")


def show_sources(answer: dict[str, Any], target: Console = console) -> None:
    """Prints what an answer cites, with the quotes."""
    for source in answer["sources"]:
        place = describe(source["locator"])
        title = f"[bold]{escape(source['title'])}[/]" + (f", {escape(place)}" if place else "")
        target.print(rf"  \[{source['number']}] {title}", soft_wrap=True)
        target.print(f"      [dim]“{escape(' '.join(source['quote'].split()))}”[/]", soft_wrap=True)


def show_confidence(answer: dict[str, Any], target: Console = console, more: str = "") -> None:
    """Prints how sure an answer is, why it was refused, how long it took, and `more`."""
    confidence = answer["confidence"]
    took = answer["timings"].get("total", 0)
    note = "" if answer["remembered"] else ", not remembered"
    sure = f"confidence {confidence['level']} ({confidence['score']:.2f})"
    gate = confidence.get("gate")  # absent from what an older deployment answers
    if gate and not gate["passed"]:
        sure += f", {gate['compared']} {gate['value']:.2f} under {gate['threshold']:.2f}"
    target.print(f"[dim]{sure}, {took:.0f} ms{note}{more}[/]")


def describe(locator: dict[str, Any]) -> str:
    """Where a source stands, in words."""
    parts = [
        f"{name} {locator[name]}"
        for name in ("page", "slide", "sheet", "row")
        if locator.get(name) is not None
    ]
    if locator.get("heading"):
        parts.append(" › ".join(locator["heading"]))
    return ", ".join(parts)
