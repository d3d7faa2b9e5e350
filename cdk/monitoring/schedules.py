"""After how long without a run a schedule counts as missed."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DAILY = re.compile(r"cron\(\d+ \d+ [*?] \* [*?] \*\)|rate\((1 day|24 hours)\)")


@dataclass(frozen=True)
class Silence:
    """How long may pass without a run: so many periods of so many hours."""

    hours: int
    periods: int

    @property
    def days(self) -> float:
        """The whole of it, in days."""
        return self.hours * self.periods / 24


def longest_silence(expression: str) -> Silence:
    """26 hours for what runs every day; for all else a week, which is as far as an alarm looks.

    An alarm's periods of at least an hour may cover seven days
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html,
    EvaluationPeriods). A schedule that is rarer than weekly needs another watch.
    """
    if _DAILY.fullmatch(expression):
        return Silence(hours=1, periods=26)
    return Silence(hours=24, periods=7)
