"""Runs the CDK CLI to its end, with its output in a log and what it is at told meanwhile."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cli.failure import Failure

QUIET = ("--no-notices", "--no-version-reporting", "--no-color", "--ci")
SILENCED = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "true",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "true",
}
# "nexus-local-data | 3/9 | 10:00:00 AM | CREATE_COMPLETE | AWS::S3::Bucket | Documents (…)"
_RESOURCE = re.compile(r"^(\S+) \|.*\| (AWS::\S+|Custom::\S+)\s+\| (\S+)")
# "building service for arm64-3.13", and "nexus-dev-service: start: Publishing NexusLayer/Code (…)"
_ASSET = re.compile(r"^(building \S+ for \S+|\S+: start: (?:Building|Publishing) [^(]*)")
_FAULT = re.compile(r"error|fail|❌|exception", re.IGNORECASE)
_NOISE = re.compile(
    r"^\s*(at |\^|File \"|node:|Traceback|jsii\.errors|(?i:warning)|\[?WARN)"
    # The CDK CLI says so of its app, after the app has said what is wrong.
    r"|.*Subprocess exited with error"
)


def run_cdk(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    log: Path,
    limit_s: float,
    progress: Callable[[str], None],
    what: str = "Deploying",
) -> list[str]:
    """Runs a command of the CDK CLI and returns the lines that it wrote, which the log gets, too.

    `progress` is called with the resource or package at hand. Raises Failure, naming the log, if it
    fails or takes longer than `limit_s`; what it started ends with it.
    """
    begun = begin_cdk(command, env=env, cwd=cwd)
    return finish_cdk(begun, log=log, limit_s=limit_s, progress=progress, what=what)


def begin_cdk(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path
) -> subprocess.Popen[str]:
    """Starts a command of the CDK CLI, or the CDK app, which `finish_cdk` or `end_cdk` ends."""
    return subprocess.Popen(
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # so that the CDK app and its Node end with it
    )


def finish_cdk(
    begun: subprocess.Popen[str],
    *,
    log: Path,
    limit_s: float,
    progress: Callable[[str], None],
    what: str,
) -> list[str]:
    """Waits for what was begun as `run_cdk` does, and returns and raises what that does."""
    fault, last, lines = "", "", []
    with log.open("a", encoding="utf-8") as output, begun as cdk:
        assert cdk.stdout is not None  # noqa: S101  (it is piped)
        late = threading.Event()
        alarm = threading.Timer(limit_s, _end_late, (late, cdk.pid))
        alarm.start()
        try:
            for line in cdk.stdout:
                output.write(line)
                output.flush()
                lines.append(line.rstrip("\n"))
                if resource := _RESOURCE.match(line):
                    progress(f"{resource[3]} ({resource[2]})")
                elif asset := _ASSET.match(line):
                    progress(asset[1].strip())
                elif line.strip() and not line[0].isspace() and not _NOISE.match(line):
                    last = line.strip()
                if _FAULT.search(line) and not _NOISE.match(line):
                    fault = line.strip()
        except BaseException:
            _kill(cdk.pid)
            raise
        finally:
            alarm.cancel()
    if late.is_set():
        raise Failure(f"{what} took over {limit_s:.0f} s and was ended; see {log}.")
    if cdk.returncode != 0:
        # The app ends with a sentence on what is wrong, which need not have a word for a fault.
        said = (fault or last).rstrip(".") or "it ended without a word"
        raise Failure(f"{what} failed: {said}. See {log}.")
    return lines


def end_cdk(begun: subprocess.Popen[str]) -> None:
    """Ends what was begun, and all that it started, if it still runs."""
    if begun.poll() is None:
        _kill(begun.pid)
    with begun:  # closes its output and waits for it
        pass


def _end_late(late: threading.Event, group: int) -> None:
    late.set()
    _kill(group)


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
