"""Language models that call tools, and what is asked of services outside on their behalf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from nexus.models import PendingAction, Usage
from nexus.ports.language_models import Finish, Message


@dataclass(frozen=True, slots=True)
class ToolForm:
    """A tool as a model is told of it; `parameters` is a JSON Schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a model wants done; `arguments` is the JSON that it wrote, unread."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """What came of a call, as the model is told it."""

    call_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ToolReply:
    """What a model wrote or wants done; `raw` is for the adapter, to be sent back as it came."""

    text: str
    calls: tuple[ToolCall, ...]
    usage: Usage
    finish: Finish = "stop"
    raw: tuple[Mapping[str, Any], ...] = ()


# One thing of a talk with tools, in order.
ToolItem = Message | ToolReply | ToolOutput


class ToolChat(Protocol):
    """A language model that may answer with calls of tools."""

    def converse(
        self, items: Sequence[ToolItem], tools: Sequence[ToolForm], max_tokens: int
    ) -> ToolReply:
        """The model's next word: a text, or calls, which may be done side by side.

        Raises InvalidRequest naming `message` if the model may not answer this.
        """
        ...


@dataclass(frozen=True, slots=True)
class WebRequest:
    """One HTTP request, its query in its URL; `body` is sent as JSON unless it is None, `form` as a
    form.

    `timeout_s` is for each step of the exchange, and `max_bytes` the longest body that is read.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, str] | None = None
    timeout_s: float = 10.0
    max_bytes: int = 65_536


@dataclass(frozen=True, slots=True)
class WebResponse:
    """An answer; `retry_after_s` is what it asks to wait; `cut` says that the body is longer."""

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after_s: float | None = None
    cut: bool = False


class WebClient(Protocol):
    """Speaks HTTP to hosts that the deployment allows, and to no other."""

    def send(self, request: WebRequest) -> WebResponse:
        """The answer of one try, redirects followed as far as they lead to allowed hosts.

        Raises UpstreamRefused for a host that is not allowed or an address that is not public, and
        UpstreamUnavailable where no answer comes. Both name the service `tools`.
        """
        ...


class Confirmations(Protocol):
    """Actions that wait to be confirmed, each for one client and conversation."""

    def keep(self, tenant: str, client: str, conversation_id: str, action: PendingAction) -> None:
        """Keeps an action until it expires."""
        ...

    def take(
        self, tenant: str, client: str, conversation_id: str, action_id: str
    ) -> PendingAction | None:
        """The action, which is gone then: to whoever asks first. None for another's, or a late one.

        Another client's or conversation's stays where it is.
        """
        ...
