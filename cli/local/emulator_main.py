"""Runs the emulator with three things it lacks for use on a laptop, day after day.

- It saves its state as it goes: by itself it does so only when ended by SIGTERM.
- It saves layers as files of their own: by itself it writes them, all versions of them, into one
  JSON file, which takes many seconds at each end and start.
- Calls of a function wait for a free worker: by itself it starts another for each call at the same
  time, and each unpacks the function and its layers, so that a burst stops the machine.

It is run by the emulator's own Python, where nothing of ours is installed.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ministack import app  # type: ignore[import-not-found]
from ministack.core.persistence import STATE_DIR, save_all  # type: ignore[import-not-found]
from ministack.services import lambda_svc  # type: ignore[import-not-found]

_SAVE_EVERY_S = 20
_WORKERS = 4  # of each function
_LAYERS = Path(STATE_DIR) / "layer-files"
_CONTENT, _FILE = "_zip_data", "_zip_file"

_saving = threading.Lock()
_workers: dict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(_WORKERS))
_get_state = lambda_svc.get_state
_load_state = lambda_svc.load_persisted_state
_execute = lambda_svc._execute_function_warm


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


if __name__ == "__main__":
    logging.getLogger("persistence").setLevel(logging.WARNING)
    app.save_all = _save  # what it calls at the end
    lambda_svc.get_state = _state_without_layers
    lambda_svc.load_persisted_state = _load_with_layers
    lambda_svc._execute_function_warm = _execute_in_turn
    threading.Thread(target=_keep_saving, daemon=True, name="saving").start()
    app.main()
