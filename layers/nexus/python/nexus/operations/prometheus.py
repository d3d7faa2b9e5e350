"""The last day's figures in Prometheus' text format, for who scrapes.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
All are gauges: what leaves the last 24 hours makes a sum smaller, which no counter may become.
"""

from __future__ import annotations

from collections.abc import Iterator

from nexus.operations.figures import SECTIONS, LastDay

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def exposition(day: LastDay) -> str:
    """The text; a figure that nothing was recorded of is not in it."""
    return "".join(f"{line}\n" for line in _lines(day))


def _lines(day: LastDay) -> Iterator[str]:
    stage = f'stage="{day.stage.translate(_ESCAPES)}"'
    yield "# HELP nexus_day_complete 1 if all that was recorded was read, else 0."
    yield "# TYPE nexus_day_complete gauge"
    yield f"nexus_day_complete{{{stage}}} {int(day.complete)}"
    for section, figures in SECTIONS.items():
        for name, figure in figures.items():
            told = day.sections[section][name]
            if told is None or told == {}:
                continue
            family = f"nexus_day_{section}_{name}"
            yield f"# HELP {family} {figure.statistic} of {figure.metric} in the last 24 hours."
            yield f"# TYPE {family} gauge"
            if isinstance(told, dict):
                for value, number in told.items():
                    label = f'{figure.by}="{value.translate(_ESCAPES)}"'
                    yield f"{family}{{{stage},{label}}} {number!r}"
            else:
                yield f"{family}{{{stage}}} {told!r}"
