"""The streaming function's entry: the same app, served to the Lambda Web Adapter.

Lambda's own runtime for Python cannot stream, so `run.sh` starts this server instead of a handler.
"""

from __future__ import annotations

import gc
import os

gc.disable()  # imports make many objects and no garbage; see gc.freeze below

from nexus.wiring.patterns import defer_patterns  # noqa: E402

defer_patterns(os.environ)

from uvicorn.config import Config  # noqa: E402
from uvicorn.server import Server  # noqa: E402

from functions.chat.app import create_app  # noqa: E402
from nexus.http.compression import Compressed  # noqa: E402
from nexus.http.web_adapter import FromWebAdapter  # noqa: E402
from nexus.settings import Settings  # noqa: E402
from nexus.wiring.chat import chat_services  # noqa: E402

HOST = "127.0.0.1"


def main() -> None:
    """Serves on the port that the adapter asks, from when all is ready until it is ended."""
    app = create_app(chat_services(Settings.from_environ(os.environ)), first=("stream",))
    app.state.services.prepare()
    gc.freeze()
    gc.enable()
    config = Config(
        FromWebAdapter(Compressed(app), "stream"),
        host=HOST,
        port=int(os.environ["AWS_LWA_PORT"]),
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        # The app writes a line for each request, and headers that name no server.
        access_log=False,
        log_level="warning",
        server_header=False,
        # The adapter keeps its connections, and would find one closed just when it needs it.
        timeout_keep_alive=3600,
        timeout_graceful_shutdown=1,
    )
    Server(config).run()


if __name__ == "__main__":
    main()
