"""Answers from any endpoint that speaks OpenAI's wire format, through either of its two APIs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from nexus.adapters.openai.completions import read_answer, read_stream
from nexus.adapters.openai.connection import ModelsClient, ping, post
from nexus.adapters.openai.errors import ContentFiltered, StatusError, translate
from nexus.adapters.openai.parameters import ChatForm, adapted
from nexus.adapters.openai.told import kind_of, words_of
from nexus.errors import InvalidRequest, UpstreamRefused, UpstreamUnavailable
from nexus.ports import Completion, Message

# OpenAI refuses a smaller limit in the Responses API.
LEAST_OUTPUT_TOKENS = 16


# Sends a body to a path of the endpoint, and reads what was written out of the answer.
Send = Callable[[str, dict[str, object]], Completion]


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
        self._streams = True
        self._form = ChatForm("max_completion_tokens" if own else "max_tokens", effort)

    def ends_in_time(self, method: str) -> bool:
        """As `nexus.deadline.ends_in_time` asks; a stream is watched from part to part only."""
        return self._client.ends_in_time and method == "complete"

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        """Writes the next message, at most `max_tokens` long, reasoning included.

        An answer cut off at the limit is returned as it is; none at all raises UpstreamRefused.
        Raises InvalidRequest when the endpoint's content filter holds the question or the answer
        back: the one who asks can ask in other words.
        """
        try:
            return self._complete(messages, max_tokens, self._at_once)
        except ContentFiltered as err:
            raise InvalidRequest(str(err), "message") from err

    def stream(
        self, messages: Sequence[Message], max_tokens: int, heard: Callable[[str], None]
    ) -> Completion:
        """As `complete`, heard while it is written; where that fails, it is asked for once more.

        An endpoint that does not stream is heard when it has written.
        """
        if not self._streams:
            return self._heard_at_once(messages, max_tokens, heard)

        def send(path: str, body: dict[str, object]) -> Completion:
            if path == "/chat/completions":
                body["stream_options"] = {"include_usage": True}
            return read_stream(self._client, path, body | {"stream": True}, heard)

        try:
            return self._complete(messages, max_tokens, send)
        except ContentFiltered as err:
            raise InvalidRequest(str(err), "message") from err
        except UpstreamUnavailable:
            return self.complete(messages, max_tokens)
        except UpstreamRefused:
            # It may be the streaming, or its options, that the endpoint does not have; what else
            # is wrong is wrong again, and told, when it is asked in one piece.
            completion = self._heard_at_once(messages, max_tokens, heard)
            self._streams = False
            return completion

    def _heard_at_once(
        self, messages: Sequence[Message], max_tokens: int, heard: Callable[[str], None]
    ) -> Completion:
        completion = self.complete(messages, max_tokens)
        heard(completion.text)
        return completion

    def ping(self) -> None:
        """Returns when the endpoint answers and does not deny the model."""
        ping(self._client, self._model)

    def _at_once(self, path: str, body: dict[str, object]) -> Completion:
        return read_answer(post(self._client, path, body))

    def _complete(self, messages: Sequence[Message], max_tokens: int, send: Send) -> Completion:
        with translate():
            if self._speaks_responses:
                try:
                    return self._ask("/responses", messages, max_tokens, send)
                except StatusError as err:
                    if not has_no_such_api(err):
                        raise
            completion = self._ask("/chat/completions", messages, max_tokens, send)
            # Remembered only now: had both failed, the URL or the model was at fault.
            self._speaks_responses = False
            return completion

    def _ask(
        self, path: str, messages: Sequence[Message], max_tokens: int, send: Send
    ) -> Completion:
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
                completion = send(path, body)
            except StatusError as err:
                if to_responses and has_no_such_api(err):
                    raise
                other = adapted(form, err)
                if other is None:
                    raise
                form = other
                continue
            self._form = replace(form, swapped=False)
            return completion

    def _for_responses(
        self, prompt: list[dict[str, str]], max_tokens: int, form: ChatForm
    ) -> dict[str, object]:
        return {
            "model": self._model,
            "input": prompt,
            "max_output_tokens": max(max_tokens, LEAST_OUTPUT_TOKENS),
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


def has_no_such_api(err: StatusError) -> bool:
    """Whether the endpoint has no Responses API; an unknown model is also a 404."""
    if err.status_code in (404, 405):
        return err.code != "model_not_found"
    return kind_of(err.status_code, words_of(err.body), to_responses=True) == "no_responses"
