"""The stage that a command was told to deploy, read from cdk.json and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cdk.choosing import check_deployable, project_context
from cdk.stages import Stage, StageError, read_stages
from cli.failure import Failure


def context_of(given: Iterable[str]) -> dict[str, str]:
    """The values of `--context name=value`. Raises Failure for one that is not written so."""
    values: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not name or not equals:
            raise Failure(f"--context wants name=value, and not {one!r}.")
        values[name] = value
    return values


def stage_names() -> list[str]:
    """The stages of cdk.json that are deployed to AWS. Raises Failure if it cannot be read."""
    return [name for name, values in _configured().items() if not _is_host(values)]


def chosen_stage(name: str | None, context: Mapping[str, str] | None = None) -> Stage:
    """The stage of this name with the context's values.

    Raises Failure with one sentence if it was not named, does not exist, is wrong, or is the one
    that runs on this machine.
    """
    if not name:
        raise Failure(f"Say which stage with --stage: {' or '.join(stage_names())}.")
    try:
        values = {**project_context(), **(context or {}), "stage": name}
        [stage] = read_stages(values.get)
    except StageError as err:
        raise Failure(str(err)) from err
    except ValueError as err:
        raise Failure(f"Name one stage with --stage: {' or '.join(stage_names())}.") from err
    if stage.host:
        raise Failure(
            f"Stage {name} is this machine's: `nexus up` starts it, `nexus down` stops it. "
            f"Deployed to AWS are {' or '.join(stage_names())}."
        )
    return stage


def deployable_stage(name: str | None, context: Mapping[str, str] | None = None) -> Stage:
    """The same, and its index can be reached by Lambda's functions; else raises Failure."""
    stage = chosen_stage(name, context)
    try:
        check_deployable(stage)
    except StageError as err:
        raise Failure(str(err)) from err
    return stage


def region_of(name: str) -> str:
    """The region that cdk.json pins for a stage; "" if it leaves that to the environment."""
    return str(_configured().get(name, {}).get("region", ""))


def _configured() -> dict[str, Any]:
    try:
        return dict(project_context()["stages"])
    except (StageError, KeyError, TypeError, ValueError) as err:
        raise Failure(f"cdk.json has no stages: {err}.") from err


def _is_host(values: Any) -> bool:
    return isinstance(values, Mapping) and values.get("architecture") == "host"
