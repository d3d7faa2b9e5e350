"""CodeDeploy and the alias of a Lambda function, in the documented order, as a template has them.

Before callers: an alarm of the deployment group that is on stops a deployment
(https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-create-alarms.html), and the
hook `BeforeAllowTraffic` runs; a deployment whose hook tells nothing within an hour has failed
(https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html).
Then the deployment configuration's share of the callers, as the alias's weight of a second version,
for its minutes, in each of which CloudWatch evaluates the alarms
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html); then all,
and `AfterAllowTraffic`. Whether a deployment that failed, was stopped or met an alarm leads back is
the group's `AutoRollbackConfiguration`
(https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html).
An alias whose update policy names no group is moved at once (CloudFormation User Guide,
"UpdatePolicy attribute", CodeDeployLambdaAliasUpdate).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.infrastructure.alarm_evaluation import Recorded, state

HOOK_TELLS_WITHIN_S = 3600.0
# Percent of the callers, and for how many minutes:
# https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
CONFIGURATIONS = {
    "CodeDeployDefault.LambdaCanary10Percent5Minutes": (10, 5),
    "CodeDeployDefault.LambdaCanary10Percent10Minutes": (10, 10),
    "CodeDeployDefault.LambdaAllAtOnce": (100, 0),
}
STARTED_S = 1_800_000_000.0

# Runs a hook's function with the event; returns the status that it told, or None for no word.
Hook = Callable[[Mapping[str, str]], str | None]
# The callers of one minute: what it is, where the alias points, and what to record.
Callers = Callable[[float, "Alias", Recorded], None]


@dataclass
class Alias:
    """A Lambda alias: its version, and the weight of a second one."""

    version: str
    second: str = ""
    weight: float = 0.0

    def version_of(self, caller: int) -> str:
        """Which version answers a caller, spread as evenly as the weight allows."""
        due = int((caller + 1) * self.weight + 1e-9) > int(caller * self.weight + 1e-9)
        return self.second if due else self.version


@dataclass
class Outcome:
    """How a release ended, and what happened on the way."""

    status: str
    alias: Alias
    events: list[str]
    alarms: list[str] = field(default_factory=list)
    took_s: float = 0.0


@dataclass
class Group:
    """What a template says of a function's releases; `hook` is a function's logical id."""

    percent: int
    minutes: int
    alarms: dict[str, dict[str, Any]]
    hook: str
    leads_back: frozenset[str]


def group_of(template: Mapping[str, Any], function: str, version: str) -> Group | None:
    """How CodeDeploy releases a function's new version; None where its alias is moved at once."""
    resources = template["Resources"]
    [alias] = [
        one
        for name, one in resources.items()
        if one["Type"] == "AWS::Lambda::Alias" and name.startswith(f"{function.capitalize()}Live")
    ]
    policy = alias.get("UpdatePolicy", {}).get("CodeDeployLambdaAliasUpdate")
    if policy is None:
        return None
    found = resources[policy["DeploymentGroupName"]["Ref"]]["Properties"]
    percent, minutes = CONFIGURATIONS[found["DeploymentConfigName"]]
    watched = found.get("AlarmConfiguration", {})
    named = [one["Name"]["Ref"] for one in watched.get("Alarms", ())] if watched["Enabled"] else []
    released = alias["Properties"]["FunctionVersion"]
    back = found.get("AutoRollbackConfiguration", {})
    return Group(
        percent,
        minutes,
        {
            resources[name]["Properties"]["AlarmName"]: _resolved(
                resources[name]["Properties"], released, version
            )
            for name in named
        },
        policy.get("BeforeAllowTrafficHook", {}).get("Ref", ""),
        frozenset(back["Events"]) if back.get("Enabled") else frozenset(),
    )


def _resolved(alarm: dict[str, Any], released: Any, version: str) -> dict[str, Any]:
    """The alarm, with the number that the new version gets."""
    text = json.dumps(alarm).replace(json.dumps(released), json.dumps(version))
    assert "CurrentVersion" not in text, "an alarm is on the version of another function"
    return dict(json.loads(text))


def as_of_prod(group: Group, stage: str) -> Group:
    """The same, with alarms that watch what prod reports."""

    def of_prod(alarm: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(alarm).replace(f'"{stage}"', '"prod"')
        return dict(json.loads(text.replace(f'"nexus-{stage}', '"nexus-prod')))

    return replace(group, alarms={name: of_prod(one) for name, one in group.alarms.items()})


def release(
    group: Group | None,
    old: str,
    new: str,
    *,
    hook: Hook,
    callers: Callers,
    recorded: Recorded,
    stopped_after_min: int | None = None,
) -> Outcome:
    """Plays a release, and three minutes after it; `recorded` holds what was reported before."""
    alias, events = Alias(old), ["Start"]
    if group is None:
        alias.version = new
        _pass(alias, callers, recorded, STARTED_S, 8)
        return Outcome("Succeeded", alias, ["AllowTraffic"])
    outcome = Outcome("InProgress", alias, events)
    if _on(group, recorded, STARTED_S, outcome):
        return _ended(group, outcome, "Stopped", "DEPLOYMENT_STOP_ON_ALARM", old)
    if group.hook:
        events.append("BeforeAllowTraffic")
        told = hook({"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "execution-1"})
        if told != "Succeeded":
            outcome.took_s = HOOK_TELLS_WITHIN_S if told is None else 0.0
            return _ended(group, outcome, "Failed", "DEPLOYMENT_FAILURE", old)
    events.append("AllowTraffic")
    now = STARTED_S
    alias.second, alias.weight = new, group.percent / 100
    for minute in range(group.minutes):
        if stopped_after_min is not None and minute >= stopped_after_min:
            return _ended(group, outcome, "Stopped", "DEPLOYMENT_STOP_ON_REQUEST", old)
        now = _pass(alias, callers, recorded, now, 1)
        outcome.took_s = now - STARTED_S
        if _on(group, recorded, now, outcome):
            return _ended(group, outcome, "Stopped", "DEPLOYMENT_STOP_ON_ALARM", old)
    alias.version, alias.second, alias.weight = new, "", 0.0
    _pass(alias, callers, recorded, now, 3)
    events.append("AfterAllowTraffic")
    outcome.status = "Succeeded"
    return outcome


def _on(group: Group, recorded: Recorded, now: float, outcome: Outcome) -> bool:
    outcome.alarms = [
        name
        for name, alarm in group.alarms.items()
        if {state(alarm, recorded, now, more) for more in (0, 2, 5)} == {"ALARM"}
    ]
    return bool(outcome.alarms)


def _ended(group: Group, outcome: Outcome, status: str, why: str, old: str) -> Outcome:
    outcome.status = status
    if why in group.leads_back:
        alias = outcome.alias
        alias.version, alias.second, alias.weight = old, "", 0.0
        outcome.events.append("Rollback")
    return outcome


def _pass(alias: Alias, callers: Callers, recorded: Recorded, now: float, minutes: int) -> float:
    for minute in range(minutes):
        callers(now + 60.0 * minute, alias, recorded)
    return now + 60.0 * minutes
