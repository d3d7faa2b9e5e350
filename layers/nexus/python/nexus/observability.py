"""The one logger and the one set of metrics; what is logged is ids, sizes and times, never text."""

from __future__ import annotations

import os

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(
    service=os.environ.get("POWERTOOLS_SERVICE_NAME", "nexus"),
    level=os.environ.get("NEXUS_LOG_LEVEL", "INFO"),
    utc=True,
    location=False,
)
metrics = Metrics(
    namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Nexus"),
    service=os.environ.get("POWERTOOLS_SERVICE_NAME", "nexus"),
)


def count(name: str) -> None:
    """Counts one occurrence of something, in a metric of that name."""
    metrics.add_metric(name, MetricUnit.Count, 1)
