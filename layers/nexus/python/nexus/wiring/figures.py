"""Where a stage's figures are read from, as its settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.settings import Settings
from nexus.wiring.aws_clients import ClientFactory

if TYPE_CHECKING:
    from nexus.operations.figures import Figures
    from nexus.ports import FigureSource

# A reading of a busy stage, with all its pages; the request's own deadline may be shorter.
_READING_S = 20.0


def figures_of(settings: Settings, aws: ClientFactory) -> Figures:
    """The last day's figures; no client is made before they are read."""
    from nexus.bounded import CarryingExecutor, bounded
    from nexus.deferred import deferred
    from nexus.operations.figures import Figures

    source: FigureSource = deferred(lambda: _source(settings, aws))
    within = bounded(source, "figures", _READING_S, CarryingExecutor(2))
    return Figures(within, settings.stage, settings.metrics_tenants)


def _source(settings: Settings, aws: ClientFactory) -> FigureSource:
    if settings.figures == "logs":
        from nexus.adapters.aws.logged_metrics import LoggedFigures

        return LoggedFigures(aws("logs"), settings.metrics_log_groups, settings.stage)
    from nexus.adapters.aws.recorded_metrics import CloudWatchFigures

    return CloudWatchFigures(aws("cloudwatch"), settings.stage)
