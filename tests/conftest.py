"""What all tests need of the process that runs them: a moto that is exact, and no long pauses."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.handlers import BUILTIN_HANDLERS
from hypothesis import settings
from moto.core.models import botocore_stubber

_ONE = threading.RLock()

# Hypothesis would take a pause of the machine for a slow example; tests/growth tells what is slow.
# In CI a test has the same examples each time, as Hypothesis does by default, so that a commit is
# refused for what it changes; a developer's have new ones each time, and find what nobody expected.
settings.register_profile("ours", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("ours")


def pytest_collection_finish() -> None:
    """Leaves the collected tests to the end of the run.

    To look through them for garbage stops the process for a second, and the servers within it.
    """
    gc.collect()
    gc.freeze()


def _in_turn(answer: Callable[..., Any]) -> Callable[..., Any]:
    def answered(*, request: AWSPreparedRequest, **given: Any) -> Any:
        if "dynamodb" not in request.url:
            return answer(request=request, **given)
        with _ONE:
            return answer(request=request, **given)

    return answered


# DynamoDB checks a write's condition and writes in one step. In moto, two threads of a test may
# both find the condition met, so it gets one call at a time. Every client of botocore is made with
# these handlers.
BUILTIN_HANDLERS[:] = [
    (event, _in_turn(handler) if handler is botocore_stubber else handler, *rest)
    for event, handler, *rest in BUILTIN_HANDLERS
]
