"""Runs the local models as a process that listens on 127.0.0.1 only.

`python -m cli.local.models.server --port 8100 --model-dir .local/models/… --credentials FILE`.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

MEGABYTE = 1_000_000


def main() -> None:
    """Runs the server until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description="Serve the local models on 127.0.0.1.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model-dir", type=Path, required=True)
    parser.add_argument(
        "--credentials", type=Path, required=True, help="JSON file with the `models_key` to ask for"
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="for batches")
    parser.add_argument(
        "--state-cache-mb",
        type=int,
        default=256,
        help="for the token states of passages, which make reranking fast: 256 MB hold about 4,000",
    )
    arguments = parser.parse_args()
    # numpy's products here are small, and several run at once: on more than one thread each they
    # wait for one another (measured: the 95th percentile of ten MaxSims 13 ms instead of 0.7).
    # OpenBLAS reads this while numpy is imported, so whatever imports numpy comes after.
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import Route

    from cli.local.access.bearer import KeyedServer
    from cli.local.access.credentials import read_models_key
    from cli.local.figures_page import FiguresPage, figures_path, local_figures
    from cli.local.models.app import make_app
    from cli.local.models.encoder import TextEncoder
    from cli.local.models.state_cache import StateCache
    from cli.local.speech.routes import speech_routes

    model = TextEncoder(arguments.model_dir, threads=arguments.threads)
    # The models of speech stand beside this one; they are not looked at before they are asked.
    speech = speech_routes(arguments.model_dir.parent)
    app = make_app(model, StateCache(arguments.state_cache_mb * MEGABYTE), speech)
    key = read_models_key(arguments.credentials)
    path = figures_path(key)
    figures = FiguresPage(lambda: local_figures(arguments.credentials.parent))
    page = Starlette(routes=[Route(path, figures.show)])
    uvicorn.run(
        KeyedServer(app, arguments.port, key, (path, page)),
        host="127.0.0.1",
        port=arguments.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        lifespan="off",
    )


if __name__ == "__main__":
    main()
