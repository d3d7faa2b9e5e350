"""What tests of alarms share: prod's alarms, the functions as Lambda loads them, the moment."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aws_cdk import App

from cdk.app import add_stage, configured_app
from cdk.stages import read_stage
from nexus.wiring.aws_clients import forget_clients
from tests.infrastructure.alarm_evaluation import Recorded, state
from tests.infrastructure.assembly import PINECONE_HOST, configuration
from tests.infrastructure.changes import without_packages
from tests.restores.upstreams import Upstreams

NOW_S = 1_800_000_000.0
Alarms = dict[str, dict[str, Any]]


class Context:
    """What Lambda tells a function of its invocation."""

    function_name, memory_limit_in_mb, aws_request_id = "chat", 1536, "request-1"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:chat"

    def get_remaining_time_in_millis(self) -> int:
        return 100_000


def prod_alarms(folder: Path) -> Alarms:
    """The alarms of prod by their names without the stage."""
    stage = read_stage("prod", {**configuration("prod"), "pinecone_host": PINECONE_HOST})
    with without_packages(folder / "package"):
        app: App = configured_app(
            outdir=str(folder / "out"), context={"aws:cdk:disable-asset-staging": True}
        )
        add_stage(app, stage)
        app.synth()
    found = {}
    for stack in ("data", "service"):
        template = json.loads((folder / "out" / f"nexus-prod-{stack}.template.json").read_text())
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                properties = resource["Properties"]
                found[properties["AlarmName"].removeprefix("nexus-prod-")] = properties
    return found


def load(function: str, upstreams: Upstreams, environment: pytest.MonkeyPatch) -> ModuleType:
    """The handler's module, imported as Lambda does."""
    for name, value in upstreams.environ.items():
        environment.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        environment.delenv(name, raising=False)  # moto's own: a function has its role's
    prices = "gpt-5.4-mini=40000/40000, verifier=0/0, rewriter=0/0"
    environment.setenv("NEXUS_MODEL_PRICES", prices)
    forget_clients()
    name = f"functions.{function}.handler"
    sys.modules.pop(name, None)
    return importlib.import_module(name)


def is_alarm(alarm: dict[str, Any], recorded: Recorded) -> bool:
    """Whether it is, however many more periods CloudWatch asks for."""
    [found] = {state(alarm, recorded, NOW_S, more) for more in (0, 2, 5)}
    return found == "ALARM"


def raised(alarms: dict[str, dict[str, Any]], recorded: Recorded) -> set[str]:
    """Which alarms are on, of those that silence does not raise."""
    return {
        name
        for name, alarm in alarms.items()
        if not name.startswith("missed") and is_alarm(alarm, recorded)
    }
