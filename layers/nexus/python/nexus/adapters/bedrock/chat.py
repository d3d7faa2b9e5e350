"""Answers by Bedrock's OpenAI-compatible endpoint, whose paths need another test of its health."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nexus.adapters.bedrock.invoking import translated
from nexus.adapters.openai.chat import OpenAIChat
from nexus.adapters.openai.connection import ModelsClient
from nexus.adapters.openai.errors import StatusError
from nexus.ports import Completion, Message

_PING_TIMEOUT_S = 3.0
# The answers to a path that is not there: bedrock-runtime lists no models under it.
_ANSWERS = (400, 404, 405)


class BedrockChat(OpenAIChat):
    """Implements `StreamingChat`."""

    def __init__(self, client: ModelsClient, model: str, api: str, effort: str) -> None:
        super().__init__(client, model, api, effort)
        self._asked = client

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        """As `OpenAIChat.complete`."""
        with translated():
            return super().complete(messages, max_tokens)

    def stream(
        self, messages: Sequence[Message], max_tokens: int, heard: Callable[[str], None]
    ) -> Completion:
        """As `OpenAIChat.stream`."""
        with translated():
            return super().stream(messages, max_tokens, heard)

    def ping(self) -> None:
        """Returns when Bedrock answers and takes the credentials; the model it does not ask."""
        with translated():
            try:
                self._asked.get("/models", _PING_TIMEOUT_S)
            except StatusError as err:
                if err.status_code not in _ANSWERS:
                    raise
