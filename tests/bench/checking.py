"""Whether a function did its work: a fast failure is no result."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.bench.replay import Call
from tests.bench.seeding import FACT

# Arms whose answer's sources hold the whole text of a passage; ours hold its quote.
HISTORY = "LangChain, its history"
CHATS = ("chat", "chat, cached", "LangChain", HISTORY, "tuned")
# The calls that a new question cannot be answered without, as `prod` is configured.
ANSWERING = {
    "BatchGetItem cache",
    "/v1/embeddings",
    "dense search",
    "text search",
    "BatchGetItem catalogue",
    "/v1/responses",
}


def check(name: str, response: Any) -> None:
    """Raises RuntimeError unless the response is what the arm is there for.

    Of an arm that answers questions that is a grounded answer: it tells the fact, cites a passage
    that holds it, and is remembered; from the cache where the arm is `chat, cached`, and else not.
    """
    if name in CHATS:
        try:
            body = json.loads(response["body"])
        except ValueError as err:
            raise RuntimeError(f"{name} answered {response}") from err
        good = (
            response["statusCode"] == 200
            and FACT in body["answer"]
            and any(FACT in source.get("quote", source.get("text")) for source in body["sources"])
            and body["remembered"]
            and not body.get("refused")
            and ("cache" in body.get("timings", {})) == (name == "chat, cached")
        )
    elif name == "ingest":
        good = response == {"batchItemFailures": []}
    elif name == "reindex":
        good = response["phase"] == "done" and response["listed"] > 5
    else:
        good = response["statusCode"] == 200
    if not good:
        raise RuntimeError(f"{name} answered {response}")


def check_complete(calls: Iterable[tuple[str, Call]]) -> None:
    """Raises RuntimeError if a call that makes an answer went past the upstreams."""
    made = {call.label for _, call in calls}
    if missing := ANSWERING - made:
        raise RuntimeError(
            f"An answer was made, and nobody was asked: {', '.join(sorted(missing))}"
        )


def check_replayed(name: str, calls: Iterable[tuple[str, Call]]) -> None:
    """Raises RuntimeError if a call was not replayed: its upstream's own time was measured, too."""
    unknown = [call for _, call in calls if not call.replayed]
    if unknown:
        labels = ", ".join(sorted({call.label for call in unknown}))
        raise RuntimeError(f"{name} made {len(unknown)} calls that were not replayed: {labels}")
