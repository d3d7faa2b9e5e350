"""Runs the emulator with eight things it lacks for use on a laptop, day after day.

- It ends within seconds: by itself it waits for every open connection and every running function.
- It is called by the programs of this run only, not by any page in the machine's browser.
- It saves its state as it goes: by itself it does so only when ended by SIGTERM.
- It saves layers as files of their own: by itself it writes them, all versions of them, into one
  JSON file, which takes many seconds at each end and start.
- Calls of a function wait for a free worker: by itself it starts another for each call at the same
  time, so that a burst stops the machine.
- All workers read a layer from one folder: by itself it unpacks all layers for each worker.
- Its gateway does what the authorizer says; its Cognito takes refresh tokens back, and fills the
  sign-in form in for who comes by this run's link (`cli.local.emulated_gateway`).
- It streams: `cli.local.streaming_front` stands before it.

It is run by the emulator's own Python, where nothing of ours is installed, and of ours it loads
`cli.local.access`, `cli.local.ending`, `cli.local.in_place`, `cli.local.emulated_gateway`,
`cli.local.placeholders`, `cli.local.streaming_front` and `cli.local.stream_servers` alone.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ministack import app  # type: ignore[import-not-found]
from ministack.core import lambda_runtime  # type: ignore[import-not-found]
from ministack.core.iam_evaluator import resolve_credential  # type: ignore[import-not-found]
from ministack.core.persistence import STATE_DIR, save_all  # type: ignore[import-not-found]
from ministack.core.responses import set_request_account_id  # type: ignore[import-not-found]
from ministack.services import lambda_svc, s3  # type: ignore[import-not-found]

# The functions are processes of their own, so what is on the path here is not on theirs.
sys.path.append(str(Path(__file__).resolve().parents[2]))
from cli.local.access.emulator import Guarded
from cli.local.access.recording import Recording
from cli.local.access.sign_in import SignInRules
from cli.local.emulated_gateway import Revoking, fill_in, mend
from cli.local.ending import EndingSoon
from cli.local.in_place import LayerFolders, size_of
from cli.local.placeholders import NoVectors
from cli.local.placeholders import mend as take_unknown_types
from cli.local.stream_servers import StreamServers
from cli.local.streaming_front import StreamingFront
from cli.local.streaming_front import mend as leave_streams

sys.path.pop()

_SAVE_EVERY_S = 20
_WORKERS = int(os.environ["WORKERS"])  # of each function
_LAYERS = Path(STATE_DIR) / "layer-files"
_ACCOUNT = os.environ["MINISTACK_ACCOUNT_ID"]
_CONTENT, _FILE = "_zip_data", "_zip_file"

_saving = threading.Lock()
_workers: dict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(_WORKERS))
_get_state = lambda_svc.get_state
_load_state = lambda_svc.load_persisted_state
_execute = lambda_svc._execute_function_warm
_unzipped_size = lambda_svc._unzipped_size
_spawn = lambda_runtime.Worker._spawn
_folders = LayerFolders(
    Path(os.environ["PACKAGES_DIR"]), Path(tempfile.gettempdir()) / "unpacked-layers"
)


def _save(services: dict[str, Any]) -> None:
    # One at a time: each file is first written under one other name.
    with _saving:
        save_all(services)


def _keep_saving() -> None:
    while True:
        time.sleep(_SAVE_EVERY_S)
        _save(app._build_persistence_save_dict())


def _state_without_layers() -> Any:
    state = _get_state()
    _LAYERS.mkdir(parents=True, exist_ok=True)
    named = set()
    for version in _layer_versions(state):
        content = version.pop(_CONTENT, None)
        if content:
            version[_FILE] = f"{hashlib.sha256(content).hexdigest()}.zip"
            named.add(version[_FILE])
            path = _LAYERS / version[_FILE]
            if not path.exists():
                draft = path.with_suffix(".draft")
                draft.write_bytes(content)
                draft.replace(path)
    for path in _LAYERS.iterdir():
        if path.name not in named:
            path.unlink()
    return state


def _load_with_layers(state: Any) -> None:
    for version in _layer_versions(state):
        if name := version.pop(_FILE, None):
            version[_CONTENT] = (_LAYERS / name).read_bytes()
    _load_state(state)


def _layer_versions(state: Any) -> Iterator[dict[str, Any]]:
    for layer in state["layers"]._data.values():
        yield from layer["versions"]


def _execute_in_turn(function: dict[str, Any], event: Any, request_id: str) -> Any:
    name = function.get("config", function).get("FunctionName", "")
    with _workers[name]:
        return _execute(function, event, request_id)


def _spawn_with_shared_layers(worker: Any) -> None:
    given = worker.config
    zips = (lambda_svc._resolve_layer_zip(layer) for layer in given.get("Layers") or ())
    folders = [str(_folders.folder(content)) for content in zips if content]
    variables = (given.get("Environment") or {}).get("Variables") or {}
    # What the emulator itself tells a worker of the layers that it has unpacked for it.
    told = {**variables, "_LAMBDA_LAYERS_DIRS": os.pathsep.join(folders)}
    worker.config = {**given, "Layers": [], "Environment": {"Variables": told}}
    try:
        _spawn(worker)
    finally:
        worker.config = given


def _size_of_layer_or_code(content: bytes | None) -> int:
    # Lambda's limit holds for what a zip stands for.
    built = _folders.built(content)
    size: int = size_of(built) if built else _unzipped_size(content)
    return size


class _Buckets:
    """The CORS configurations of the emulator's buckets, which it has but does not ask."""

    def preflight(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        set_request_account_id(_ACCOUNT)
        bucket, _, key = path.lstrip("/").partition("/")
        answer: tuple[int, dict[str, str], bytes] = s3.cors_preflight(bucket, key, headers)
        return answer

    def allowed(self, path: str, method: str, headers: dict[str, str]) -> dict[str, str]:
        set_request_account_id(_ACCOUNT)
        bucket = path.lstrip("/").partition("/")[0]
        found: dict[str, str] = s3.cors_response_headers(bucket, method, headers)
        return found


def _secret_of(access_key: str) -> str | None:
    # Those of this run, and what STS gave for them, as the CDK CLI asks for.
    found = resolve_credential(access_key, _ACCOUNT)
    secret: str | None = getattr(found, "secret_access_key", None)
    return secret


if __name__ == "__main__":
    logging.getLogger("persistence").setLevel(logging.WARNING)
    lambda_svc.get_state = _state_without_layers
    lambda_svc.load_persisted_state = _load_with_layers
    lambda_svc._execute_function_warm = _execute_in_turn
    lambda_svc._unzipped_size = _size_of_layer_or_code
    lambda_runtime.Worker._spawn = _spawn_with_shared_layers
    mend()
    fill_in(Path(os.environ["DEMO_PEOPLE"]))
    take_unknown_types()
    leave_streams()
    recorded = os.environ.get("RECORD_CALLS")
    called = Recording(app.app, Path(recorded), _ACCOUNT) if recorded else app.app
    servers = StreamServers(_folders.folder, os.environ["MINISTACK_REGION"])
    front = StreamingFront(Revoking(NoVectors(called)), servers, _ACCOUNT)
    app.app = Guarded(
        EndingSoon(front, lambda: _save(app._build_persistence_save_dict())),
        _Buckets(),
        int(os.environ["GATEWAY_PORT"]),
        _secret_of,
        SignInRules(os.environ["PAGE_ORIGINS"].split()),
    )
    threading.Thread(target=_keep_saving, daemon=True, name="saving").start()
    app.main()
