"""Tells an administrator what a tenant's days came to, from rollups and from the log beyond them.

What a request reads is bounded, however much was asked: a rollup for each of up to 400 days, and
of the log 20,000 questions, the newest days first. What is cut says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from nexus.errors import InvalidRequest
from nexus.insights.clusters import Asked, gathered
from nexus.insights.days import before, days, today
from nexus.insights.erased_words import without_erased
from nexus.insights.summing import Summed, summed
from nexus.insights.tally import Tally
from nexus.models import Feedback, LoggedQuestion
from nexus.ports import Catalogue, QuestionLog, Rollups

MOST_LOGGED = 20_000
MOST_DAYS = 400
DEFAULT_DAYS = 30
FIRST_DAY = "2020-01-01"
# Questions of different words of which a request makes clusters itself, and their clusters.
MOST_CLUSTERED, MOST_CLUSTERS = 2_000, 150
MOST_ERRORS = 50


@dataclass(frozen=True, slots=True)
class Range:
    """Days, both included."""

    first: str
    last: str

    @classmethod
    def of(cls, first: date | None, last: date | None, now: float) -> Range:
        """From what a caller says: the last 30 days, unless it says else.

        Days that have not come yet are left out. Raises InvalidRequest for days in the wrong order,
        or more than 400 of them.
        """
        end = min(last.isoformat(), today(now)) if last else today(now)
        if end < FIRST_DAY:
            raise InvalidRequest("There was no Nexus then: ask for later days.", "to")
        begin = first.isoformat() if first else before(end, DEFAULT_DAYS - 1)
        if begin > end:
            raise InvalidRequest("from is after to: send days in their order.", "from")
        if begin < before(end, MOST_DAYS - 1):
            raise InvalidRequest(f"Ask for at most {MOST_DAYS} days at once.", "from")
        return cls(begin, end)


@dataclass(slots=True)
class Period:
    """What each day of a range came to; days on which nothing was asked are missing.

    `complete` is False where more was asked than a request reads, or a day's names were too many.
    """

    range: Range
    by_day: dict[str, Tally] = field(default_factory=dict)
    complete: bool = True

    @property
    def whole(self) -> Tally:
        """All days together."""
        total = Tally()
        for tally in self.by_day.values():
            total.merge(tally)
        return total


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions that ask for the same, and the words of some, "" where none may be shown."""

    asked: Asked
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters of a range, in the order asked for; `complete` as `Period`."""

    clusters: list[Cluster]
    complete: bool


class Analytics:
    """Reads a tenant's log and rollups; `alike` is the cosine of a cluster.

    `catalogue` gives the one of what readers see now.
    """

    def __init__(
        self,
        log: QuestionLog,
        rollups: Rollups,
        catalogue: Callable[[], Catalogue],
        log_days: int,
        popular_from: int,
        alike: float,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._log = log
        self._rollups = rollups
        self.catalogue = catalogue
        self._log_days = log_days
        self._popular_from = popular_from
        self._alike = alike
        self.now = now

    def period(self, tenant: str, asked: Range) -> Period:
        """What each day of the range came to."""
        found = Period(asked)
        for day, values in self._rollups.rolled(tenant, asked.first, asked.last):
            found.by_day[day] = Tally.of(values)
        for day in self._rollups.stale(tenant, asked.first, asked.last) & found.by_day.keys():
            now = Tally()
            for feedback in self._log.ratings(tenant, day, day):
                now.rate(feedback)
            found.by_day[day].ratings_of(now)
        for day, made in self._read(tenant, asked, set(found.by_day)):
            if made.read or made.tally.up or made.tally.down:
                found.by_day[day] = made.tally
            found.complete = found.complete and made.whole
        found.by_day = dict(sorted(found.by_day.items()))
        found.complete = found.complete and all(one.whole for one in found.by_day.values())
        return found

    def clusters(self, tenant: str, asked: Range, limit: int, *, gaps: bool) -> Clusters:
        """What was asked most often, or with `gaps` what most often had no good answer.

        Words are shown of what was asked `popular_from` times or more. Of days before the log
        begins, no clusters are kept.
        """
        kept: list[Asked] = []
        known = set()
        for day, values in self._rollups.clusters(tenant, asked.first, asked.last):
            known.add(day)
            kept += [Asked.of(one) for one in values]
        complete = True
        for _, made in self._read(tenant, asked, known):
            newest = sorted(made.asked.values(), key=lambda one: (-one.missed, -one.count))
            kept += newest[:MOST_CLUSTERED]
            complete = complete and made.whole and len(newest) <= MOST_CLUSTERED
        if gaps:
            kept = [one for one in kept if one.missed]
        gathered_now = gathered(kept, self._alike, MOST_CLUSTERS)
        groups = gathered_now.groups
        if gaps:
            groups = sorted(groups, key=lambda one: (-one.missed, -one.count))
        shown = groups[:limit]
        return Clusters(
            self._worded(tenant, shown, gaps=gaps), complete and not gathered_now.left_out
        )

    def rated(self, tenant: str, asked: Range, most: int) -> list[Feedback]:
        """The first ratings of the range's answers, oldest answer first, as long as they are kept.

        Whoever reads them sees who rated: what is shown to others leaves that out.
        """
        days_asked = self._logged_days(tenant, asked, set())[::-1]
        every = (one for day in days_asked for one in self._log.ratings(tenant, day, day))
        return without_erased(self.catalogue(), tenant, list(islice(every, most)))

    def failures(self, tenant: str, asked: Range) -> list[LoggedQuestion]:
        """The range's last questions that failed, newest first, at most 50."""
        found: list[LoggedQuestion] = []
        for day in self._logged_days(tenant, asked, set()):
            for question in self._log.failures(tenant, day):
                found.append(question)
                if len(found) == MOST_ERRORS:
                    return found
        return found

    def _worded(self, tenant: str, groups: list[Asked], *, gaps: bool) -> list[Cluster]:
        """The groups with words of some of their questions, of gaps those that were missed."""
        places = [
            (one.misses if gaps else one.examples) if one.count >= self._popular_from else []
            for one in groups
        ]
        wanted = [place for of_one in places for place in of_one]
        texts = self._log.texts(tenant, wanted) if wanted else {}
        return [
            Cluster(one, tuple(dict.fromkeys(texts[name] for _, name in of_one if name in texts)))
            for one, of_one in zip(groups, places, strict=True)
        ]

    def _read(self, tenant: str, asked: Range, known: set[str]) -> Iterator[tuple[str, Summed]]:
        """The days that are not known, summed from the log, the newest first, while they fit."""
        left = MOST_LOGGED
        for day in self._logged_days(tenant, asked, known):
            # Nothing more is read once as much has been as may be.
            made = summed(self._log, tenant, day, left.__gt__) if left else Summed(whole=False)
            left -= made.read
            yield day, made

    def _logged_days(self, tenant: str, asked: Range, known: set[str]) -> list[str]:
        """Days of the range that the log still has, and on which something was asked."""
        now = today(self.now())
        first = max(asked.first, before(now, self._log_days))
        unknown = [day for day in days(first, min(asked.last, now)) if day not in known]
        return sorted(self._rollups.days_asked(tenant, unknown), reverse=True)
