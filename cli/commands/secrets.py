"""`nexus secrets`: gives a deployed stage the API keys of its upstreams."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli.aws.account import sign_in
from cli.aws.chosen import chosen_stage
from cli.aws.upstream_keys import asked_for_key, set_keys, unset, upstreams_of
from cli.failure import Failure
from cli.stacks import read_deployment
from cli.terminal import StageToName, console


def secrets(
    stage: StageToName = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also those that are set: a key is exchanged.")
    ] = False,
) -> None:
    """Ask for the keys of a stage's upstreams, or take those of the environment, and keep them."""
    chosen = chosen_stage(stage)
    account = sign_in(chosen.region, chosen.account)
    deployed = read_deployment(chosen.name, account.session)
    lacking = unset(account, deployed, chosen)
    known = [one for one in upstreams_of(chosen) if getattr(deployed, one.output)]
    wanted = [one for one in known if replace or one.output in lacking]
    left = set_keys(account, deployed, wanted, asked_for_key if sys.stdin.isatty() else None)
    for upstream in known:
        if upstream in left and upstream.output in lacking:
            state = f"not set: type it here, or set {upstream.variable}"
        else:
            state = "set now" if upstream in wanted and upstream not in left else "was set before"
        console.print(f"{upstream.label}  {state}", soft_wrap=True, markup=False)
    if any(upstream.output in lacking for upstream in left):
        raise Failure("Not every key is set.")
