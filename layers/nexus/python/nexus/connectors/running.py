"""Runs a source once: takes it, brings what it has, notes how that went, and gives it free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

from nexus.connectors.bringing import Bringer
from nexus.errors import NexusError, NotFound, UpstreamUnavailable
from nexus.models.sources import RunReport, SourceSpec, SourceStatus
from nexus.ports.sources import InventoryStore, Landing, Source, SourceRegistry

# As long as Lambda lets a function run at most; a run that was killed holds its source no longer.
LONGEST_RUN_S = 960
# A source that could not be reached so many nights in a row is somebody's business.
PATIENCE = 3


class Runner:
    """Runs the sources of a registry; `source` makes one by what is said of it."""

    def __init__(
        self,
        registry: SourceRegistry,
        source: Callable[[SourceSpec], Source],
        landing: Callable[[SourceSpec], Landing],
        inventory: Callable[[SourceSpec], InventoryStore],
        now: Callable[[], float],
    ) -> None:
        self._registry = registry
        self._source = source
        self._landing = landing
        self._inventory = inventory
        self._now = now

    def run(
        self, tenant: str, name: str, has_time: Callable[[], bool], *, confirm: bool = False
    ) -> RunReport:
        """Brings what the source has, to the end or until there is no time.

        Raises NotFound, InProgress, and what made the run fail, which is noted.
        """
        token = self._registry.begin(tenant, name, self._now(), self._now() + LONGEST_RUN_S)
        status = self._registry.find(tenant, name)
        if status is None:
            raise NotFound(f"There is no source {name}: see `nexus connect list`.")
        spec = status.spec
        try:
            bringer = Bringer(
                spec, self._source(spec), self._landing(spec), self._inventory(spec), has_time
            )
            report = bringer.run(confirm=confirm)
        except Exception as err:
            # What is no error of ours may quote what it worked on, and is only named.
            told = str(err) if isinstance(err, NexusError) else type(err).__name__
            failed = replace(status, ran_at=self._now(), error=told, failures=status.failures + 1)
            self._registry.end(failed, token)
            raise
        ended = replace(status, ran_at=self._now(), report=asdict(report), error="", failures=0)
        self._registry.end(ended, token)
        return report


def is_bearable(err: NexusError, status: SourceStatus | None) -> bool:
    """Whether a failed run may wait for the next: it is a passing failure, and not the third."""
    return isinstance(err, UpstreamUnavailable) and (status is None or status.failures < PATIENCE)
