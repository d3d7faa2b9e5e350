"""Answers from any endpoint that speaks OpenAI's wire format, through either of its two APIs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nexus.adapters.openai.bodies import count_of, finish_of, says_failed, text_of
from nexus.adapters.openai.connection import ModelsClient, ping, post
from nexus.adapters.openai.errors import (
    SERVICE,
    ContentFiltered,
    StatusError,
    content_filtered,
    from_status,
    translate,
)
from nexus.adapters.openai.parameters import ChatForm, adapted
from nexus.adapters.openai.told import kind_of, words_of
from nexus.errors import InvalidRequest, UpstreamRefused, UpstreamUnavailable
from nexus.models import Usage
from nexus.ports import Completion, Message

# OpenAI refuses a smaller limit in the Responses API.
_LEAST_OUTPUT_TOKENS = 16


class OpenAIChat:
    """Implements `ChatModel` with the Responses API or Chat Completions.

    `effort` is how much a reasoning model thinks; "" leaves that to the endpoint.
    """

    def __init__(
        self, client: ModelsClient, model: str, api: str = "responses", effort: str = ""
    ) -> None:
        self._client = client
        self._model = model
        self._speaks_responses = api == "responses"
        # OpenAI's newer models refuse `max_tokens`; many other servers know nothing else.
        own = f".{client.host}".endswith((".openai.com", ".openai.azure.com"))
        self._form = ChatForm("max_completion_tokens" if own else "max_tokens", effort)

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        """Writes the next message, at most `max_tokens` long, reasoning included.

        An answer cut off at the limit is returned as it is; none at all raises UpstreamRefused.
        Raises InvalidRequest when the endpoint's content filter holds the question or the answer
        back: the one who asks can ask in other words.
        """
        try:
            return self._complete(messages, max_tokens)
        except ContentFiltered as err:
            raise InvalidRequest(str(err), "message") from err

    def ping(self) -> None:
        """Returns when the endpoint answers and does not deny the model."""
        ping(self._client, self._model)

    def _complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        with translate():
            if self._speaks_responses:
                try:
                    return self._ask("/responses", messages, max_tokens)
                except StatusError as err:
                    if not _has_no_such_api(err):
                        raise
            completion = self._ask("/chat/completions", messages, max_tokens)
            # Remembered only now: had both failed, the URL or the model was at fault.
            self._speaks_responses = False
            return completion

    def _ask(self, path: str, messages: Sequence[Message], max_tokens: int) -> Completion:
        """The completion, asked for with as much as the endpoint takes."""
        form = self._form
        to_responses = path == "/responses"
        while True:
            prompt = _prompt(messages, form)
            body = (
                self._for_responses(prompt, max_tokens, form)
                if to_responses
                else self._for_chat(prompt, max_tokens, form)
            )
            try:
                answer = post(self._client, path, body)
            except StatusError as err:
                if to_responses and _has_no_such_api(err):
                    raise
                other = adapted(form, err)
                if other is None:
                    raise
                form = other
                continue
            # Some servers answer either call in the form of the other.
            completion = _read_response(answer) if "output" in answer else _read_chat(answer)
            self._form = replace(form, swapped=False)
            return completion

    def _for_responses(
        self, prompt: list[dict[str, str]], max_tokens: int, form: ChatForm
    ) -> dict[str, object]:
        return {
            "model": self._model,
            "input": prompt,
            "max_output_tokens": max(max_tokens, _LEAST_OUTPUT_TOKENS),
            "store": False,
            **({"reasoning": {"effort": form.effort}} if form.effort else {}),
        }

    def _for_chat(
        self, prompt: list[dict[str, str]], max_tokens: int, form: ChatForm
    ) -> dict[str, object]:
        return {
            "model": self._model,
            "messages": prompt,
            form.limit: max_tokens,
            **({"reasoning_effort": form.effort} if form.effort else {}),
        }


def _prompt(messages: Sequence[Message], form: ChatForm) -> list[dict[str, str]]:
    if form.one_role:
        return [{"role": "user", "content": "\n\n".join(one.content for one in messages)}]
    return [{"role": message.role, "content": message.content} for message in messages]


def _has_no_such_api(err: StatusError) -> bool:
    """Whether the endpoint has no Responses API; an unknown model is also a 404."""
    if err.status_code in (404, 405):
        return err.code != "model_not_found"
    return kind_of(err.status_code, words_of(err.body), to_responses=True) == "no_responses"


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
