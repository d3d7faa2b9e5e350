"""Reads what a model wrote out of an answer of either API, whole or streamed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nexus.adapters.openai.bodies import count_of, error_in, finish_of, says_failed, text_of
from nexus.adapters.openai.connection import ModelsClient, as_json
from nexus.adapters.openai.errors import SERVICE, content_filtered, from_status
from nexus.adapters.openai.events import events, said_in, whole_of
from nexus.adapters.openai.meanings import is_stream
from nexus.adapters.openai.told import kind_of, status_in, words_of
from nexus.errors import UpstreamRefused, UpstreamUnavailable
from nexus.models import Usage
from nexus.ports import Completion


def read_answer(answer: Mapping[str, Any]) -> Completion:
    """The completion in an answer; some servers answer either call in the form of the other.

    Belongs into a block of `translate`.
    """
    return _read_response(answer) if "output" in answer else _read_chat(answer)


def read_stream(
    client: ModelsClient,
    path: str,
    body: Mapping[str, object],
    heard: Callable[[str], None],
) -> Completion:
    """The completion that an endpoint streams, each piece of its text given to `heard`.

    An endpoint that answers in one piece is read so. Raises UpstreamUnavailable for a stream that
    breaks off, and belongs into a block of `translate`.
    """
    with client.stream(path, body) as response:
        if not is_stream(response):
            response.read()
            completion = read_answer(as_json(response))
            heard(completion.text)
            return completion
        return _read_events(response, heard)


def _read_events(response: Any, heard: Callable[[str], None]) -> Completion:
    said: list[str] = []
    reason: object = None
    usage = Usage()
    for event in events(response.iter_bytes()):
        if (error := _error_of(event)) is not None:
            raise from_status(status_in(error) or 503, response.headers, None, words_of(error))
        if (whole := whole_of(event)) is not None:
            return _read_response(whole)
        if text := said_in(event):
            said.append(text)
            heard(text)
        choices = event.get("choices")
        if isinstance(choices, list) and choices:
            reason = choices[0].get("finish_reason") or reason
        if event.get("usage"):
            usage = Usage(
                input_tokens=count_of(event, "prompt_tokens", "input_tokens"),
                output_tokens=count_of(event, "completion_tokens", "output_tokens"),
            )
    if reason is None:
        raise UpstreamUnavailable(SERVICE, "The model endpoint's answer broke off; try again.")
    return _completion("".join(said), usage, reason)


def _error_of(event: Mapping[str, Any]) -> object | None:
    if event.get("type") == "error":
        return event.get("error") or event
    return error_in(event)


def _read_response(answer: Mapping[str, Any]) -> Completion:
    written = [item for item in answer["output"] if item.get("type", "message") == "message"]
    text = "".join(text_of(item["content"]) for item in written)
    usage = Usage(
        input_tokens=count_of(answer, "input_tokens", "prompt_tokens"),
        output_tokens=count_of(answer, "output_tokens", "completion_tokens"),
    )
    cut = answer.get("incomplete_details")
    failed = answer.get("status") in ("failed", "cancelled")
    reason = (cut.get("reason") if cut else None) or ("failed" if failed else "stop")
    return _completion(text, usage, reason)


def _read_chat(answer: Mapping[str, Any]) -> Completion:
    choices = answer["choices"]
    if not choices and kind_of(400, words_of(answer)) == "filtered":
        raise content_filtered()
    choice = choices[0]
    message = choice["message"]
    text = text_of(message.get("content")) or text_of(message.get("refusal"))
    usage = Usage(
        input_tokens=count_of(answer, "prompt_tokens", "input_tokens"),
        output_tokens=count_of(answer, "completion_tokens", "output_tokens"),
    )
    return _completion(text, usage, choice.get("finish_reason"))


def _completion(text: str, usage: Usage, reason: object) -> Completion:
    finish = finish_of(reason)
    if finish == "filter":
        raise content_filtered()
    if says_failed(reason):
        raise from_status(503, {})
    if text.strip():
        return Completion(text, usage, finish)
    if finish == "length":
        raise UpstreamRefused(
            SERVICE,
            "The model used all its tokens before it wrote anything; raise "
            "NEXUS_ANSWER_MAX_TOKENS or choose a chat model that reasons less.",
        )
    raise UpstreamUnavailable(SERVICE, "The model wrote nothing; try again.")
