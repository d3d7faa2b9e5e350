"""What a load is held to: how long askers wait, that nothing is lost, and that memory is flat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.reporting import Row, percentile
from tests.load.measuring import Load, Sample, Seen

P95_S, P99_S = 3.0, 5.0
GROWTH = 1.1
# Until then workers start, and those of the uploads end.
WARM_UP = 0.25


@dataclass(frozen=True)
class Result:
    """Seconds that askers waited; MB of the workers that ran from the first third to the last.

    `coming_p95_s` is of the questions that were asked while askers still came; the other seconds
    are of those after, and the numbers of both.
    """

    load: Load
    asked: int
    answered: int
    written: int
    lost: int
    forgotten: int
    coming_p95_s: float
    p50_s: float
    p95_s: float
    p99_s: float
    longest_s: float
    workers: int
    early_mb: float
    late_mb: float

    def row(self) -> Row:
        """The figures as a line of a table."""
        return {
            "askers": self.load.askers,
            "think s": self.load.think_s,
            "minutes": round(self.load.seconds / 60, 1),
            "asked": self.asked,
            "lost": self.lost,
            "not remembered": self.forgotten,
            "written by the model": self.written,
            "p95 s, while they come": round(self.coming_p95_s, 2),
            "p50 s": round(self.p50_s, 2),
            "p95 s": round(self.p95_s, 2),
            "p99 s": round(self.p99_s, 2),
            "longest s": round(self.longest_s, 2),
            "workers": self.workers,
            "MB, first third": round(self.early_mb),
            "MB, last third": round(self.late_mb),
        }


def result(load: Load, seen: Seen) -> Result:
    """The figures of what was seen."""
    come = seen.begun + load.first_s
    coming = [one["seconds"] for one in seen.asked if one["at"] < come] or [0.0]
    waited = [one["seconds"] for one in seen.asked if one["at"] >= come] or [0.0]
    replies = [one["reply"] for one in seen.asked if "reply" in one]
    workers, early, late = memory_then_and_now(seen.memory)
    return Result(
        load,
        asked=len(seen.asked),
        answered=len(replies),
        written=sum(bool(reply["usage"]["output_tokens"]) for reply in replies),
        lost=sum("reply" not in one for one in seen.asked),
        forgotten=forgotten(seen),
        coming_p95_s=percentile(coming, 95),
        p50_s=percentile(waited, 50),
        p95_s=percentile(waited, 95),
        p99_s=percentile(waited, 99),
        longest_s=max(waited),
        workers=workers,
        early_mb=early,
        late_mb=late,
    )


def forgotten(seen: Seen) -> int:
    """In how many turns what the stage remembers and what the askers were told differ.

    A turn that nobody was told of counts as one that was told and is not remembered.
    """
    told = Counter(
        (one["reply"]["conversation_id"], one["question"], one["reply"]["answer"])
        for one in seen.asked
        if "reply" in one
    )
    kept = Counter(
        (conversation, turn["question"], turn["answer"])
        for conversation, turns in seen.remembered.items()
        for turn in turns
    )
    return max((told - kept).total(), (kept - told).total())


def memory_then_and_now(samples: Sequence[Sample]) -> tuple[int, float, float]:
    """How many workers ran from the first third to the last, once warm, and their MB in both.

    Each MB is the median of a third's sums. Workers that came or went are not compared: an emulator
    starts one for a burst and ends it when it is idle, which is no growth.
    """
    warm = samples[int(len(samples) * WARM_UP) :]
    third = max(1, len(warm) // 3)
    first, last = warm[:third], warm[-third:]
    lasting = set.intersection(*map(set, (*first, *last))) if warm else set()
    early, late = (
        median(sum(sample[one] for one in lasting) for sample in part) if lasting else 0.0
        for part in (first, last)
    )
    return len(lasting), early, late


def broken(found: Result, *, timed: bool) -> list[str]:
    """The promises that were not kept; those of time and memory only where `timed`."""
    said = []
    if not found.written:
        said.append("the model wrote nothing")
    if found.lost:
        said.append(f"{found.lost} of {found.asked} questions got no answer")
    if found.forgotten:
        said.append(f"{found.forgotten} turns are not remembered as they were answered")
    if not timed:
        return said
    if found.p95_s >= P95_S:
        said.append(f"p95 is {found.p95_s:.2f} s, not under {P95_S:g} s")
    if found.p99_s >= P99_S:
        said.append(f"p99 is {found.p99_s:.2f} s, not under {P99_S:g} s")
    if not found.workers:
        said.append("no worker ran all the time: whether memory grows is not known")
    if found.late_mb > found.early_mb * GROWTH:
        said.append(f"memory grew from {found.early_mb:.0f} MB to {found.late_mb:.0f} MB")
    return said
