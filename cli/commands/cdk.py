"""`nexus cdk`: the CDK CLI of the tested version, with Node from the virtual environment."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence

import typer

from cdk.choosing import project_context, stages_to_deploy
from cdk.stages import StageError
from cli.aws.account import sign_in, variables
from cli.aws.chosen import context_of
from cli.failure import Failure
from cli.local.layout import PROJECT, Layout
from cli.local.node import cdk_command, node_environment
from cli.step import Step
from cli.terminal import errors

app = typer.Typer(add_completion=False)
# Everything after the command's name is the CDK's own.
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
# The CDK's commands that synthesize the app, as its CLI 2.1148 lists them.
_OF_THE_APP = {
    *("synth", "synthesize", "deploy", "destroy", "diff", "list", "ls", "watch", "import"),
    *("rollback", "drift", "refactor", "metadata", "publish-assets", "orphan"),
}
_CHANGING = {"deploy", "destroy", "watch", "import", "rollback", "refactor", "orphan"}
_ENVIRONMENT = re.compile(r"aws://|\d{12}/")


@app.command(context_settings=_PASS_ON)
def cdk(context: typer.Context) -> None:
    """Run the CDK, for example `nexus cdk diff --context stage=prod`."""
    given = list(context.args)
    subcommand = next((one for one in given if not one.startswith("-")), "")
    helps = not {"--help", "-h", "--version"}.isdisjoint(given)
    environ, folder, added = dict(os.environ), PROJECT, list[str]()
    if subcommand == "bootstrap" and not helps:
        # From a folder without cdk.json: with one, the CLI would first synthesize the app.
        folder = Layout().node
        if not any(_ENVIRONMENT.match(one) for one in given):
            account = sign_in(profile=_value(given, "--profile"))
            errors.print(f"Bootstrapping {account.described}", markup=False, soft_wrap=True)
            environ, added = variables(account), [f"aws://{account.number}/{account.region}"]
    elif subcommand != "bootstrap":
        if subcommand in _OF_THE_APP and not helps and not _value(given, "--app", "-a"):
            _check_stage(subcommand, context_of(_values(given, "--context", "-c")))
            if subcommand in _CHANGING:
                account = sign_in(profile=_value(given, "--profile"))
                errors.print(f"cdk {subcommand}: {account.described}", markup=False, soft_wrap=True)
        if not _value(given, "--app", "-a"):
            added = ["--app", f"{sys.executable} -m cdk.app"]
    with Step("installing the CDK CLI"):
        command = cdk_command(Layout())
    done = subprocess.run(
        [*command, *given, *added], cwd=folder, env={**environ, **node_environment()}, check=False
    )
    raise typer.Exit(done.returncode)


def _check_stage(subcommand: str, given: dict[str, str]) -> None:
    # The app refuses the same; here it is one sentence, without the CDK's own beneath it.
    try:
        stages = stages_to_deploy({**project_context(), **given}.get)
    except StageError as err:
        raise Failure(str(err)) from err
    if local := [stage.name for stage in stages if stage.host and subcommand in _CHANGING]:
        raise Failure(
            f"Stage {local[0]} is this machine's: `nexus up` deploys it, and `nexus down` stops it."
        )


def _values(given: Sequence[str], *names: str) -> list[str]:
    found = []
    for at, one in enumerate(given):
        name, equals, value = one.partition("=")
        if name in names:
            found.append(value if equals else "".join(given[at + 1 : at + 2]))
    return found


def _value(given: Sequence[str], *names: str) -> str | None:
    found = _values(given, *names)
    return found[-1] if found else None
