"""A tool as an agent's loop knows it, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from nexus.agents.configuration import Agent
from nexus.models import Filters, Outcome, Passage, Principal, StepKind
from nexus.ports.tool_chats import ToolForm

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asking:
    """For whom a tool is called: the caller as far as its agent may see, and the request's wishes.

    `call_id` names the call, for a service that wants to know the same one again.
    """

    principal: Principal
    filters: Filters = field(default_factory=Filters)
    top_k: int = 5
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What a tool gave: `passages` that an answer can cite, and a word of ours to the model.

    `probability` is how likely the passages hold what was asked for, from 0 to 1. `detail` says in
    a few words why it failed, and holds nothing that the tool said.
    """

    passages: tuple[Passage, ...] = ()
    said: str = ""
    outcome: Outcome = "ok"
    detail: str = ""
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: how a model is told of it, and what is done when it is called.

    One that `changes` something waits for its caller's confirmation; without `confirm` only where
    the model has read anything that its caller did not write. What is `foreign` is described by
    others than the deployment, which is such reading. `call` gets arguments that fit the
    form's schema, and raises UpstreamError where it fails.
    """

    form: ToolForm
    title: str
    call: Callable[[Arguments, Asking], Given]
    kind: StepKind = "tool"
    changes: bool = False
    confirm: bool = True
    foreign: bool = False
    timeout_s: float = 8.0

    @property
    def name(self) -> str:
        """The tool's name, as models call it."""
        return self.form.name


class Toolbox(Protocol):
    """Where an agent's tools come from."""

    def of(self, agent: Agent) -> Mapping[str, Tool]:
        """The agent's tools by name. Raises UpstreamError where a source is silent."""
        ...
