"""A stage's cloud assembly: made once by the CDK CLI, then compared with the account and deployed.

What is deployed is thereby what was shown.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cdk.stages import Stage
from cli.aws.account import Account, variables
from cli.cdk_run import QUIET, SILENCED, run_cdk
from cli.local.layout import PROJECT, Layout, emptied
from cli.local.node import cdk_command, node_environment
from cli.stage_names import stack_names

_SYNTHESIS_S = 900
_BOOTSTRAP_S = 600
_DIFF_S = 300
_DEPLOY_S = 3600
_NO_DIFFERENCE = "Number of stacks with differences: 0"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Assembly:
    """A stage that was synthesized into `folder`, to be deployed into `account`."""

    stage: Stage
    account: Account
    folder: Path
    layout: Layout

    @property
    def log(self) -> Path:
        """Where the CDK CLI's output is kept."""
        return self.layout.log(f"deploy-{self.stage.name}")

    def reserved(self) -> dict[str, int]:
        """The concurrent executions that the stage reserves, by function."""
        service = self.folder / f"nexus-{self.stage.name}-service.template.json"
        template = json.loads(service.read_text(encoding="utf-8"))
        properties = [
            resource.get("Properties", {})
            for resource in template["Resources"].values()
            if resource["Type"] == "AWS::Lambda::Function"
        ]
        return {
            str(one["FunctionName"]): int(one["ReservedConcurrentExecutions"])
            for one in properties
            if "ReservedConcurrentExecutions" in one and isinstance(one.get("FunctionName"), str)
        }

    def differences(self, progress: Progress) -> list[str]:
        """What deploying would change, as the CDK tells it; empty if nothing would."""
        # Compared by template: a change set would be a thing that is made before anyone agreed.
        options = ["--app", str(self.folder), "--method", "template"]
        lines = self._run("diff", [*options, *stack_names(self.stage.name)], _DIFF_S, progress)
        if any(_NO_DIFFERENCE in line for line in lines):
            return []
        # Before the first stack it complains of a bootstrap that is about to be done.
        first = next((at for at, line in enumerate(lines) if line.startswith("Stack ")), 0)
        return lines[first:]

    def bootstrap(self, progress: Progress) -> None:
        """Makes the bucket and roles that the CDK deploys with, in the account and region."""
        # From a folder without cdk.json: with one, the CLI would first synthesize the app.
        target = f"aws://{self.account.number}/{self.account.region}"
        self._run("bootstrap", [target], _BOOTSTRAP_S, progress, self.layout.node)

    def deploy(self, progress: Progress) -> None:
        """Deploys both stacks; CloudFormation takes back what it made of one that fails."""
        options = ["--app", str(self.folder), "--require-approval", "never"]
        options += ["--method", "direct", "--progress", "events"]
        self._run("deploy", [*options, *stack_names(self.stage.name)], _DEPLOY_S, progress)

    def _run(
        self,
        subcommand: str,
        options: list[str],
        limit_s: float,
        progress: Progress,
        cwd: Path = PROJECT,
    ) -> list[str]:
        return run_cdk(
            [*cdk_command(self.layout), subcommand, *options, *QUIET],
            env=variables(self.account) | node_environment() | SILENCED,
            cwd=cwd,
            log=self.log,
            limit_s=limit_s,
            progress=progress,
            what=f"`cdk {subcommand}`",
        )


def synthesize(
    stage: Stage,
    account: Account,
    context: Mapping[str, str],
    progress: Progress,
    layout: Layout | None = None,
) -> Assembly:
    """Builds what Lambda is given and writes both stacks' templates. Raises Failure."""
    layout = layout or Layout()
    # Emptied, for the CLI keeps every version of every asset there.
    made = Assembly(stage, account, emptied(layout.root / "deploy" / stage.name), layout)
    made.log.unlink(missing_ok=True)
    given = {**context, "stage": stage.name}
    passed = [part for name, value in given.items() for part in ("--context", f"{name}={value}")]
    run_cdk(
        [
            *cdk_command(layout),
            *("synth", "--quiet", "--app", f"{sys.executable} -m cdk.app"),
            *("--output", str(made.folder), *passed, *QUIET),
        ],
        env=variables(account) | node_environment() | SILENCED,
        cwd=PROJECT,
        log=made.log,
        limit_s=_SYNTHESIS_S,
        progress=progress,
        what="Synthesizing",
    )
    return made
