"""Chooses the settings of an evaluation in process, and runs the local models for it."""

from __future__ import annotations

import os
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli.failure import Failure
from cli.local import processes
from cli.local.access.credentials import new_models_key, write_models_key
from cli.local.layout import PROJECT, Layout, read_json
from cli.local.models.prepare import MODEL_NAME, ModelUnavailable, ensure_model
from cli.local.run_record import Running
from cli.local.upstreams import NO_KEY, choose
from nexus.setting_values import variable_of
from nexus.settings import Settings

_START_S = 60
# What the settings call the keys that the command was given.
MODELS_KEY, RERANK_KEY, PINECONE_KEY = "OPENAI_API_KEY", "RERANK_API_KEY", "PINECONE_API_KEY"


@dataclass(frozen=True)
class Endpoint:
    """The settings that the production code runs with, and the keys that they name.

    `vectors` names all that the embeddings depend on; `local` means the models of this machine.
    """

    settings: Settings
    keys: Mapping[str, str]
    vectors: str
    local: bool


@contextmanager
def endpoint(
    environ: Mapping[str, str], work: Path, *, pinecone_host: str = "", layout: Layout | None = None
) -> Iterator[Endpoint]:
    """The endpoint that the environment names, or local models that run while inside.

    OPENAI_API_KEY, OPENAI_BASE_URL or NEXUS_MODELS_URL name one; every other NEXUS_… variable sets
    what it does in a deployment, over the local stage of cdk.json. The index is a SQLite file in
    the folder `work`, or the Pinecone index at `pinecone_host`. Raises Failure.
    """
    layout = layout or Layout()
    if _names_one(environ):
        yield chosen(environ, work, Running(0, 0, ()), pinecone_host)
        return
    key = new_models_key()
    with processes.ended_by_signals(), _local_models(layout, key) as port:
        yield chosen(environ, work, Running(0, port, ()), pinecone_host, key)


def verifier_endpoint(environ: Mapping[str, str]) -> Endpoint:
    """The endpoint that the environment names, of which only the verifier is asked.

    Raises Failure when it names no endpoint, or no verifier there in NEXUS_VERIFIER_MODEL.
    """
    if not _names_one(environ):
        raise Failure("Name the verifier's endpoint: set OPENAI_API_KEY or OPENAI_BASE_URL.")
    # An endpoint has to be told its other models, too; none of them is asked.
    others = {"CHAT_MODEL": "none", "EMBEDDING_MODEL": "none", "EMBEDDING_DIMENSION": "1"}
    values = {f"NEXUS_{name}": value for name, value in others.items()} | dict(environ)
    found = chosen(values, Path(), Running(0, 0, ()))
    if not found.settings.verifier_model:
        raise Failure("Name the endpoint's model that verifies in NEXUS_VERIFIER_MODEL.")
    return found


def _names_one(environ: Mapping[str, str]) -> bool:
    named = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "NEXUS_MODELS_URL")
    return any(environ.get(name) for name in named)


def chosen(
    environ: Mapping[str, str],
    work: Path,
    current: Running,
    pinecone_host: str = "",
    models_key: str = "",
) -> Endpoint:
    """The settings and keys for the environment, with the local models where it names none.

    `models_key` is the key of the local model server.
    """
    upstreams = choose(environ, current.models_url)
    stage = read_json(PROJECT / "cdk.json").get("context", {}).get("stages", {}).get("local", {})
    values: dict[str, Any] = {**stage, **upstreams.context}
    if not current.models_port:  # then nothing here reranks, and a language model answers
        values |= {"rerank_url": "", "gate": "off_topic"}
    variables = {
        variable_of(spec): _spelled(values[spec.name])
        for spec in fields(Settings)
        if spec.name in values
    }
    variables |= stage.get("settings", {})
    variables |= {name: value for name, value in environ.items() if name.startswith("NEXUS_")}
    variables |= {
        "NEXUS_MODELS_SECRET": MODELS_KEY,
        "NEXUS_RERANK_SECRET": _rerank_secret(environ, current, str(values.get("rerank_url"))),
        "NEXUS_VECTOR_INDEX": "pinecone" if pinecone_host else "sqlite",
        "NEXUS_SQLITE_PATH": str(work / "index.sqlite"),
        "NEXUS_PINECONE_HOST": pinecone_host,
        "NEXUS_PINECONE_SECRET": PINECONE_KEY,
    }
    keys = {name: environ.get(name, "") for name in (RERANK_KEY, PINECONE_KEY)}
    if pinecone_host and not keys[PINECONE_KEY]:
        raise Failure("Put the Pinecone index's API key in PINECONE_API_KEY.")
    settings = Settings.from_environ(variables)
    local = settings.models_url == current.models_url
    maker = MODEL_NAME if local else settings.models_url
    return Endpoint(
        settings,
        {**keys, MODELS_KEY: upstreams.models_key or models_key or NO_KEY},
        f"{maker}|{settings.embedding_model}|{settings.embedding_dimension}",
        local,
    )


def _rerank_secret(environ: Mapping[str, str], current: Running, url: str) -> str:
    if environ.get(RERANK_KEY):
        return RERANK_KEY
    return MODELS_KEY if url.startswith(current.models_url) else ""


@contextmanager
def _local_models(layout: Layout, key: str) -> Iterator[int]:
    """The port of a local model server that wants this key; stopped when the block ends."""
    try:
        model = ensure_model(layout.models)
    except ModelUnavailable as err:
        raise Failure(str(err)) from err
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log = layout.log("eval-models")
    command = [sys.executable, "-m", "cli.local.models.server"]
    command += ["--port", str(port), "--model-dir", str(model)]
    command += ["--credentials", str(write_models_key(layout.root / f"eval-{port}.json", key))]
    server = processes.start("models", command, env=os.environ, cwd=PROJECT, log=log, port=port)
    try:
        _wait_for(server, f"http://127.0.0.1:{port}/health", log)
        yield port
    finally:
        processes.stop(server)
        (layout.root / f"eval-{port}.json").unlink()


def _wait_for(server: processes.Process, url: str, log: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if not server.alive():
            raise Failure(f"The local model server ended while it started; see {log}.")
        with suppress(OSError), direct.open(url, timeout=2):
            return
        time.sleep(0.05)
    raise Failure(f"The local model server did not answer within {_START_S} s; see {log}.")


def _spelled(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def described(models: Endpoint) -> dict[str, Any]:
    """The settings that say what was measured; none of them is a key."""
    hidden = ("secret", "table", "bucket", "queue", "path", "function", "cors", "log", "stage")
    settings = {
        name: value
        for name, value in asdict(models.settings).items()
        if not any(part in name for part in hidden)
    }
    return {
        "models": "local models" if models.local else models.settings.models_url,
        **settings,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
