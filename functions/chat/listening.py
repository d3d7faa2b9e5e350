"""Runs a turn beside the event loop, and gives what it tells as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from nexus.answering.telling import Abandoned, Telling
from nexus.models import Answer, Told
from nexus.services import ChatServices

# What a turn may have told and nobody has taken: far more than an answer has parts.
MOST_WAITING = 10_000


async def answered_whole(services: ChatServices, turn: Callable[[], Answer]) -> Answer:
    """The answer of a turn that runs beside the event loop, where others may be streaming."""
    return await asyncio.wrap_future(services.executor.submit(turn))


async def listen(
    services: ChatServices, turn: Callable[[Telling], Answer], *, retracts: bool = True
) -> AsyncGenerator[Told | Answer]:
    """What a turn tells, in order, and at last its answer; raises what the turn raises.

    `turn` is called in a thread, with the context of who asks. Where nobody takes the next thing
    any more, the telling is closed: the turn ends at what it would have told, and with it what it
    asked of a model. One that is written by then is remembered, and kept, all the same.
    """
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[Told | Answer | BaseException] = asyncio.Queue()

    def tell(one: Told | Answer | BaseException) -> None:
        if told.qsize() > MOST_WAITING:
            raise Abandoned
        try:
            loop.call_soon_threadsafe(told.put_nowait, one)
        except RuntimeError:  # the server has ended, and with it whoever listened
            raise Abandoned from None

    telling = Telling(tell, retracts=retracts)

    def run() -> None:
        try:
            tell(turn(telling))
        except BaseException as error:  # noqa: BLE001  (it is raised again, where it is awaited)
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(told.put_nowait, error)

    running = services.executor.submit(run)
    try:
        while True:
            one = await told.get()
            if isinstance(one, BaseException):
                raise one
            yield one
            if isinstance(one, Answer):
                return
    finally:
        telling.close()
        running.cancel()
