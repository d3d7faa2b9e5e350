"""The one logger; what is logged is ids, sizes and times, never text."""

from __future__ import annotations

import logging
import os

from aws_lambda_powertools import Logger

logger = Logger(
    service=os.environ.get("POWERTOOLS_SERVICE_NAME", "nexus"),
    level=os.environ.get("NEXUS_LOG_LEVEL", "INFO"),
    utc=True,
    location=False,
)


def is_debugging() -> bool:
    """Whether each step of a question is to be written, too."""
    return logger.log_level <= logging.DEBUG
