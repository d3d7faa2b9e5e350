"""Runs one Lambda handler in a fresh interpreter and times it; started by `processes`, by path.

It imports nothing of the project: what it measures is what the handler's own folders hold. Its one
argument is a JSON file: `paths` (put before the standard library's, as Lambda does), `module`,
`events` (one for each request; the first is the cold one), how many of them are `warmup`, and
`result`, the file to write.
"""

import sys
import time

started = time.perf_counter()

import json  # noqa: E402
from importlib import import_module  # noqa: E402


class Context:
    """What the handlers read of Lambda's context."""

    function_name = "bench"
    function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:bench"
    memory_limit_in_mb = "1024"
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    log_group_name = log_stream_name = "bench"

    def get_remaining_time_in_millis(self) -> int:
        return 100_000


def peak_rss_mb() -> float:
    # Not getrusage: its peak is inherited from the process that started this one.
    with open("/proc/self/status") as status:  # noqa: PTH123 - pathlib would be imported for it
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def main() -> None:
    with open(sys.argv[1]) as file:  # noqa: PTH123 - as above
        job = json.load(file)
    sys.path[:0] = job["paths"]
    handler = import_module(job["module"]).handler
    imported = time.perf_counter()
    context = Context()
    first, *more = job["events"]
    responses = [handler(first, context)]
    answered = time.perf_counter()
    modules = len(sys.modules)
    warm_ms, warm_cpu_ms = [], []
    for event in more:
        begun, used = time.perf_counter(), time.process_time()
        responses.append(handler(event, context))
        warm_ms.append((time.perf_counter() - begun) * 1000)
        warm_cpu_ms.append((time.process_time() - used) * 1000)
    result = {
        "started": started,
        "imported": imported,
        "answered": answered,
        "modules": modules,
        "peak_rss_mb": peak_rss_mb(),
        "warm_ms": warm_ms[job["warmup"] :],
        "warm_cpu_ms": warm_cpu_ms[job["warmup"] :],
        "responses": responses,
        "python": sys.version.split()[0],
    }
    with open(job["result"], "w") as file:  # noqa: PTH123 - as above
        json.dump(result, file)


main()
