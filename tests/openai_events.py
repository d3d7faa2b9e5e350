"""An answer of OpenAI's two APIs as the server-sent events that it is streamed in.

The forms are those of OpenAI's API reference: "Chat Completions: streaming" and "Responses:
streaming events".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def events_of(answer: dict[str, Any], at_once: int = 4) -> Iterator[bytes]:
    """Each event of an answer, its text in pieces of so many characters."""
    yield from _response(answer, at_once) if "output" in answer else _chat(answer, at_once)


def _chat(answer: dict[str, Any], at_once: int) -> Iterator[bytes]:
    head = {key: answer[key] for key in ("id", "created", "model")}
    head["object"] = "chat.completion.chunk"
    choice = answer["choices"][0]

    def chunk(delta: dict[str, str], finish: str | None = None) -> bytes:
        return _event(
            head | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}, ""
        )

    yield b": a comment\n\n"
    yield chunk({"role": "assistant", "content": ""})
    for piece in _pieces(choice["message"]["content"], at_once):
        yield chunk({"content": piece})
    yield chunk({}, choice["finish_reason"])
    yield _event(head | {"choices": [], "usage": answer["usage"]}, "")
    yield b"data: [DONE]\n\n"


def _response(answer: dict[str, Any], at_once: int) -> Iterator[bytes]:
    text = answer["output"][-1]["content"][0]["text"]
    begun = answer | {"status": "in_progress", "output": [], "usage": None}
    yield _event({"type": "response.created", "response": begun})
    for piece in _pieces(text, at_once):
        yield _event({"type": "response.output_text.delta", "item_id": "msg_1", "delta": piece})
    yield _event({"type": "response.output_text.done", "item_id": "msg_1", "text": text})
    yield _event({"type": f"response.{answer['status']}", "response": answer})


def _pieces(text: str, at_once: int) -> Iterator[str]:
    for start in range(0, len(text), at_once):
        yield text[start : start + at_once]


def _event(body: dict[str, Any], name: str | None = None) -> bytes:
    named = body.get("type", "") if name is None else name
    line = f"event: {named}\n" if named else ""
    return f"{line}data: {json.dumps(body)}\n\n".encode()
