"""`nexus cdk`: the CDK CLI of the tested version, with Node from the virtual environment."""

from __future__ import annotations

import os
import subprocess
import sys

import typer

from cli.local.layout import PROJECT, Layout
from cli.local.node import cdk_command, node_environment

# Everything after the command's name is the CDK's own.
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def cdk(context: typer.Context) -> None:
    """Run the CDK, for example `nexus cdk deploy --all --context stage=prod`."""
    command = [*cdk_command(Layout()), *context.args]
    if context.args and context.args[0] != "bootstrap":
        command += ["--app", f"{sys.executable} -m cdk.app"]
    # Bootstrapping from a folder without cdk.json does not synthesize the app first.
    folder = Layout().node if context.args[:1] == ["bootstrap"] else PROJECT
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **node_environment()}, check=False
    )
    raise typer.Exit(done.returncode)
