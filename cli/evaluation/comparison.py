"""Tells what changed between two reports: figure by figure, and question by question."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cli.failure import Failure

_COMPARED = ("retrieval", "answers", "refusals", "calibration", "latency_ms", "tokens")


def read_report(path: Path) -> dict[str, Any]:
    """A report that `nexus eval --json` wrote. Raises Failure if it is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as err:
        raise Failure(f"{path} is not JSON.") from err
    if not isinstance(found, dict) or not isinstance(found.get("per_question"), list):
        raise Failure(f"{path} is not a report of `nexus eval`.")
    return found


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of both with their differences, and the questions that got better or worse.

    A question is better when it ranks its document higher, when a wrong or refused answer became
    right, or when an unanswerable one is refused at last; else, the other way round, worse.
    """
    old, new = dict(_figures(before)), dict(_figures(after))
    lines = {line["id"]: line for line in before["per_question"]}
    better: list[dict[str, Any]] = []
    worse: list[dict[str, Any]] = []
    shared = 0
    for line in after["per_question"]:
        was = lines.get(line["id"])
        if was is None:
            continue
        shared += 1
        change = _change(was, line)
        if change:
            (better if change > 0 else worse).append(_changed(was, line))
    return {
        "figures": {
            name: {
                "before": old.get(name),
                "after": new.get(name),
                "difference": _difference(old.get(name), new.get(name)),
            }
            for name in dict.fromkeys([*old, *new])
        },
        "questions": {
            "in_both": shared,
            "only_before": len(lines) - shared,
            "only_after": len(after["per_question"]) - shared,
        },
        "better": better,
        "worse": worse,
    }


def _figures(found: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    for section in _COMPARED:
        yield from _numbers(section, found.get(section) or {})
    if found.get("cost_usd") is not None:
        yield "cost_usd", found["cost_usd"]


def _numbers(prefix: str, found: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    for name, value in found.items():
        if isinstance(value, Mapping):
            yield from _numbers(f"{prefix}.{name}", value)
        elif value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
            yield f"{prefix}.{name}", value


def _difference(old: float | None, new: float | None) -> float | None:
    return None if old is None or new is None else round(new - old, 6)


def _change(was: Mapping[str, Any], now: Mapping[str, Any]) -> float:
    """Over 0 for better, under 0 for worse: the ranking counts first, then the answer."""
    if now.get("answerable"):
        ranks = _gain(now.get("rank")) - _gain(was.get("rank"))
        return ranks or _answer(now) - _answer(was)
    return _refused(now) - _refused(was)


def _gain(rank: int | None) -> float:
    return 1 / rank if rank else 0.0


def _answer(line: Mapping[str, Any]) -> float:
    if line.get("contains") is not None:
        return 1.0 if line["contains"] else 0.0
    return -_refused(line)


def _refused(line: Mapping[str, Any]) -> float:
    return 1.0 if line.get("refused") else 0.0


def _changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = {"id": now["id"], "question": now.get("question", "")}
    for name in ("rank", "refused", "contains", "probability"):
        changed[name] = {"before": was.get(name), "after": now.get(name)}
    return changed
