"""Does an action that its caller has confirmed: once, and exactly as it was shown."""

from __future__ import annotations

import json

from nexus.agents.configuration import Configuration
from nexus.agents.performing import Performing
from nexus.agents.run import Run
from nexus.agents.schemas import fault_of
from nexus.agents.tools import Toolbox
from nexus.errors import InvalidRequest
from nexus.models import PendingAction


class Confirmed:
    """Performs actions that were taken out of those that wait."""

    def __init__(
        self, configuration: Configuration, toolbox: Toolbox, performing: Performing
    ) -> None:
        self._configuration = configuration
        self._toolbox = toolbox
        self._performing = performing

    def do(self, run: Run, action: PendingAction) -> None:
        """Does the action, and adds what it gave to what the run has read.

        Raises InvalidRequest if the deployment no longer has it in this form.
        """
        tool = self._toolbox.of(run.agent).get(action.tool)
        arguments = json.loads(action.arguments)
        if tool is None or fault_of(arguments, tool.form.parameters):
            raise InvalidRequest(
                "This action is not there any more as it was shown: ask for it again.",
                "confirmation",
            )
        run.meter.calls += 1
        begun = self._performing.begin(run, tool, arguments, action.action_id)
        given = self._performing.ended(run, tool, begun)
        run.read_others = True
        if given.outcome == "ok":
            run.add(given.passages)
            run.done = action.title
        else:
            run.failed = action.title
