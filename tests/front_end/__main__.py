"""Asks the running local stack through Open WebUI in a browser, and saves a picture of each step.

    python -m tests.front_end [--pictures DIR]

Needs `make run` in another terminal, Debian's chromium, and 7 GB for Open WebUI, which is installed
from its package at the first run. Exit 1 if an answer has no source, a follow-up is not understood,
what is not in the documents is not refused, or a prompt of the front end's own (title, tags,
follow-ups) is remembered as a conversation.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from cli.connection import connect, demo_key
from cli.local.layout import PROJECT
from tests.e2e.conftest import free_port
from tests.pinned_python import pinned_python

HERE = Path(__file__).parent
_STARTS_WITHIN_S = 300.0


@contextmanager
def open_webui(python: Path, url: str, key: str, folder: Path) -> Iterator[str]:
    """The address of an Open WebUI that asks `url` and nobody else, while inside."""
    port = free_port()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "DATA_DIR": str(folder),
        "WEBUI_SECRET_KEY": "of-this-run-alone",
        "WEBUI_AUTH": "False",
        "OPENAI_API_BASE_URL": f"{url}/v1",
        "OPENAI_API_KEY": key,
        "ENABLE_OLLAMA_API": "False",
        "OFFLINE_MODE": "True",
        "HF_HUB_OFFLINE": "1",
        "ENABLE_VERSION_UPDATE_CHECK": "False",
        "ANONYMIZED_TELEMETRY": "False",
    }
    command = [
        str(python.with_name("open-webui")),
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(process, address, folder)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], address: str, folder: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx2.get(f"{address}/health", trust_env=False).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.5)
    raise SystemExit(f"Open WebUI did not start: {(folder / 'log.txt').read_text()[-2000:]}")


def remembered(url: str, key: str) -> list[str]:
    """The titles of the client's conversations."""
    listed = httpx2.get(
        f"{url}/v1/conversations", headers={"x-api-key": key}, timeout=30, trust_env=False
    )
    return [str(one["title"]) for one in listed.raise_for_status().json()["conversations"]]


def main() -> None:
    """Asks, and tells what came back; exit 1 if something is wrong."""
    parser = ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "--pictures", type=Path, default=PROJECT / ".local" / "front_end", metavar="DIR"
    )
    pictures = parser.parse_args().pictures.resolve()
    chromium, key = shutil.which("chromium"), demo_key()
    if not chromium or not key:
        raise SystemExit("This needs Debian's chromium, and `make run` in another terminal.")
    url = connect("local").deployment.api_url
    pictures.mkdir(parents=True, exist_ok=True)
    python = pinned_python(PROJECT / ".local" / "open-webui", HERE / "requirements.txt")
    before = remembered(url, key)
    with (
        tempfile.TemporaryDirectory() as scratch,
        open_webui(python, url, key, Path(scratch)) as address,
    ):
        drive = [python, HERE / "driving.py", address, pictures, chromium]
        failed = subprocess.run(drive, check=False).returncode
    new = [title for title in remembered(url, key) if title not in before]
    sys.stdout.write(f"remembered since: {new}\npictures: {pictures}\n")
    raise SystemExit(bool(failed or any("###" in title for title in new)))


if __name__ == "__main__":
    main()
