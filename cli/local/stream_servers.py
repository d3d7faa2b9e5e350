"""Starts the servers of streaming functions, by their own start scripts, as Lambda would.

A server gets what the template gives its function: code, layers, variables. It runs within the
emulator, and ends with it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from ministack.core.lambda_runtime import execution_credentials  # type: ignore[import-not-found]
from ministack.services import lambda_svc  # type: ignore[import-not-found]

_START_S = 20.0
_POLL_S = 0.02


@dataclass
class _Server:
    """One that runs, and of which state of its function."""

    made_of: str
    process: subprocess.Popen[bytes]
    port: int


class StreamServers:
    """One server for each function; `folder` gives the folder of a layer's zip."""

    def __init__(self, folder: Callable[[bytes], Path], region: str) -> None:
        self._folder = folder
        self._region = region
        self._servers: dict[str, _Server] = {}
        self._starting = threading.Lock()

    def port(self, function: dict[str, Any]) -> int:
        """The port on which a function's server answers; it is started if it does not run.

        Waits for it. Raises OSError if it does not come up.
        """
        config = function["config"]
        name = str(config["FunctionName"])
        made_of = f"{config.get('CodeSha256')} {config.get('Environment')} {config.get('Layers')}"
        with self._starting:
            running = self._servers.get(name)
            if running and running.made_of == made_of and running.process.poll() is None:
                return running.port
            if running:
                running.process.terminate()
            started = _Server(made_of, *self._start(function))
            self._servers[name] = started
            _wait_for(started)
            return started.port

    def start_all(self, account: str) -> None:
        """Starts what is not asked yet, so that the first stream need not wait for it."""
        for name in lambda_svc._run_with_function_config_scope(
            _scope(account, self._region), _names
        ):
            function, config, _ = lambda_svc._get_func_record_for_ref_in_scope(
                f"{name}:live", account_id=account, region=self._region
            )
            if config and "AWS_LWA_PORT" in (config.get("Environment") or {}).get("Variables", {}):
                with suppress(OSError):  # told to who asks it
                    self.port(lambda_svc._execution_record_for_config(function, config))

    def _start(self, function: dict[str, Any]) -> tuple[subprocess.Popen[bytes], int]:
        config = function["config"]
        code = Path(tempfile.mkdtemp(prefix=f"{config['FunctionName']}-"))
        with zipfile.ZipFile(BytesIO(function["code_zip"])) as file:
            file.extractall(code)
        port = _free_port()
        process = subprocess.Popen(
            ["/bin/sh", str(code / config["Handler"])],
            cwd=code,
            env=self._environment(function, code, port),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        threading.Thread(target=_log, args=(function, process), daemon=True).start()
        return process, port

    def _environment(self, function: dict[str, Any], code: Path, port: int) -> dict[str, str]:
        config = function["config"]
        region = str(config["FunctionArn"]).split(":")[3]
        # Layers are found in the region that is asked in.
        zips = lambda_svc._run_with_function_config_scope(function, _layers, config)
        layers = [str(self._folder(content) / "python") for content in zips]
        python = str(Path(sys.executable).parent)
        return {
            **os.environ,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            **execution_credentials(config),
            **(config.get("Environment") or {}).get("Variables", {}),
            "PATH": os.pathsep.join((python, os.environ.get("PATH", ""))),
            "PYTHONPATH": os.pathsep.join(layers),  # below /opt on Lambda
            "LAMBDA_TASK_ROOT": str(code),
            "LAMBDA_RUNTIME_DIR": "",
            "AWS_LAMBDA_FUNCTION_NAME": str(config["FunctionName"]),
            "AWS_LAMBDA_FUNCTION_VERSION": str(config.get("Version", "$LATEST")),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
            # On Lambda each function has its machine to itself, here not.
            "AWS_LWA_PORT": str(port),
        }


def _layers(config: dict[str, Any]) -> list[bytes]:
    zips = (lambda_svc._resolve_layer_zip(layer) for layer in config.get("Layers") or ())
    return [content for content in zips if content]


def _names() -> list[str]:
    return [str(name) for name in lambda_svc._functions]


def _scope(account: str, region: str) -> dict[str, Any]:
    return {"config": {"FunctionArn": f"arn:aws:lambda:{region}:{account}:function:any"}}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(server: _Server) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
        except OSError:
            time.sleep(_POLL_S)
        else:
            return
    server.process.kill()
    raise OSError("The server did not start.")


def _log(function: dict[str, Any], process: subprocess.Popen[bytes]) -> None:
    """Takes what a server writes to its function's log, and to ours what is no line of JSON."""
    assert process.stdout is not None  # noqa: S101 - it was started so
    rest = b""
    while chunk := os.read(process.stdout.fileno(), 65536):
        whole, _, rest = (rest + chunk).rpartition(b"\n")
        text = whole.decode("utf-8", "replace")
        if not text:
            continue
        lambda_svc._run_with_function_config_scope(
            function, lambda_svc._emit_lambda_logs, function, str(process.pid), text, False, 0
        )
        others = [line for line in text.splitlines() if not line.startswith("{")]
        if others:
            sys.stderr.write("\n".join(others) + "\n")
