"""Holds actions back until the one who asks has confirmed them, each once and as it stands."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from nexus.agents.run import Run, Taken
from nexus.agents.tools import Tool
from nexus.errors import InvalidRequest
from nexus.models import PendingAction, Principal
from nexus.ports.tool_chats import Confirmations

# Actions that one answer may hold back.
MOST_WAITING = 5


class Confirming:
    """The actions that wait, each bound to its client, conversation, tool and exact arguments."""

    def __init__(
        self, confirmations: Confirmations, within_s: int, now: Callable[[], float]
    ) -> None:
        self._confirmations = confirmations
        self._within_s = within_s
        self._now = now

    def ask(self, run: Run, tool: Tool, arguments: Mapping[str, Any]) -> None:
        """Holds a call back, and tells of it; the same one is held back once."""
        written = json.dumps(arguments, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        held = any((one.tool, one.arguments) == (tool.name, written) for one in run.pending)
        if held or len(run.pending) >= MOST_WAITING:
            return
        taken = Taken(run.begin("confirmation", tool.name), "waiting")
        expires_at = int(self._now()) + self._within_s
        action_id = f"a-{secrets.token_hex(16)}"
        run.pending.append(
            PendingAction(action_id, run.name, tool.name, tool.title, written, expires_at)
        )
        run.end(taken)

    def keep(self, run: Run, principal: Principal, conversation_id: str) -> None:
        """Keeps what the run holds back, and only then tells of it."""
        for action in run.pending:
            self._confirmations.keep(principal.tenant, principal.client, conversation_id, action)
            if run.telling:
                run.telling.awaits(action)

    def take(self, principal: Principal, conversation_id: str, action_id: str) -> PendingAction:
        """The action, which nobody can take again. Raises InvalidRequest if there is none."""
        where = (principal.tenant, principal.client, conversation_id, action_id)
        action = self._confirmations.take(*where)
        if action is None:
            raise InvalidRequest(
                "There is no action of this id that waits in this conversation: it was confirmed "
                "before, or its time is over. Ask for it again.",
                "confirmation",
            )
        return action
