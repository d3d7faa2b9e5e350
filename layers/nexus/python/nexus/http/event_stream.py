"""Sends server-sent events from a route that can answer in one piece, too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, ServerSentEvent, format_sse_event

# As FastAPI does for routes that only stream: proxies end what is silent for longer.
SILENT_S = 15.0


def event_stream(events: AsyncIterator[ServerSentEvent]) -> EventSourceResponse:
    """The response that sends these events, and a comment after 15 silent seconds."""
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return EventSourceResponse(_written(events), headers=headers)


async def _written(events: AsyncIterator[ServerSentEvent]) -> AsyncIterator[bytes]:
    coming: asyncio.Future[ServerSentEvent] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(_next(events))
            done, _ = await asyncio.wait({coming}, timeout=SILENT_S)
            if not done:
                yield KEEPALIVE_COMMENT
                continue
            try:
                event = coming.result()
            except StopAsyncIteration:
                return
            coming = None
            data = event.raw_data
            if data is None and event.data is not None:
                data = json.dumps(event.data)
            yield format_sse_event(data_str=data, event=event.event, comment=event.comment)
    finally:
        if coming is not None:
            coming.cancel()


async def _next(events: AsyncIterator[ServerSentEvent]) -> ServerSentEvent:
    return await anext(events)
