"""Figures that a report has to reach, so that a pipeline can be stopped by `nexus eval`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from cli.failure import Failure


def wanted_figures(given: Sequence[str]) -> dict[str, float]:
    """What `section.figure=0.9`, as `--at-least` takes it, asks of each figure.

    Raises Failure for what is not such a text.
    """
    wanted = {}
    for text in given:
        name, equals, value = text.partition("=")
        try:
            least = float(value)
        except ValueError:
            least = math.nan
        if not equals or name.count(".") != 1 or not math.isfinite(least):
            raise Failure(
                f"--at-least takes a figure of the report and a number, such as "
                f"retrieval.recall@5=0.9, and not {text!r}."
            )
        wanted[name] = least
    return wanted


def require(found: Mapping[str, Any], wanted: Mapping[str, float]) -> None:
    """Holds a report to the wanted figures.

    Raises Failure that names each that is less, was not measured, or that no report has; or, if
    any is wanted, if some questions failed, for the figures are then of the others.
    """
    short = []
    for name, least in wanted.items():
        section, _, figure = name.partition(".")
        figures = found.get(section)
        if not isinstance(figures, Mapping) or figure not in figures:
            raise Failure(f"The report has no figure {name!r}: correct --at-least.")
        value = figures[figure]
        if not isinstance(value, (int, float)):
            short.append(f"{name} was not measured")
        elif value < least:
            short.append(f"{name} is {value:g}, less than {least:g}")
    questions = found["questions"]
    if wanted and questions["measured"] < questions["asked"]:
        short.append(
            f"only {questions['measured']} of {questions['asked']} questions were measured"
        )
    if short:
        raise Failure(f"Not good enough: {'; '.join(short)}.")
