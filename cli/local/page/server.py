"""Runs the page's server as a process that listens on 127.0.0.1 only.

`python -m cli.local.page.server --port 4568 --folder web/dist --config .local/page.json`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from cli.local.page.serving import Page


def main() -> None:
    """Runs the server until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description="Serve the built page on 127.0.0.1.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="the built page")
    parser.add_argument("--config", type=Path, required=True, help="what config.json says")
    parser.add_argument("--embedder", action="append", default=[], help="origin that may frame it")
    given = parser.parse_args()
    uvicorn.run(
        Page(given.folder, given.config, given.port, given.embedder),
        host="127.0.0.1",
        port=given.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        lifespan="off",
        ws="none",
    )


if __name__ == "__main__":
    main()
