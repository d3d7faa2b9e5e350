"""DynamoDB's calls one at a time in moto, which checks a write's condition before it writes.

DynamoDB does both in one step. In moto, two threads of a test may both find the condition met.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.handlers import BUILTIN_HANDLERS
from moto.core.models import botocore_stubber

_ONE = threading.RLock()


def _in_turn(answer: Callable[..., Any]) -> Callable[..., Any]:
    def answered(*, request: AWSPreparedRequest, **given: Any) -> Any:
        if "dynamodb" not in request.url:
            return answer(request=request, **given)
        with _ONE:
            return answer(request=request, **given)

    return answered


# Every client of botocore is made with these handlers.
BUILTIN_HANDLERS[:] = [
    (event, _in_turn(handler) if handler is botocore_stubber else handler, *rest)
    for event, handler, *rest in BUILTIN_HANDLERS
]
