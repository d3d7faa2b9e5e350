"""The CDK app: `python -m cdk.app` synthesizes the stages that the context `stage` names."""

from __future__ import annotations

import os
from typing import Any

from aws_cdk import App, Environment, Tags, Validations
from cdk_nag import AwsSolutionsChecks

from cdk.choosing import project_context, stages_to_deploy
from cdk.data_stack import DataStack
from cdk.service_stack import ServiceStack
from cdk.stages import ROOT, Stage, StageError


def add_stage(app: App, stage: Stage) -> tuple[DataStack, ServiceStack]:
    """Adds one stage's two stacks to the app."""
    place = Environment(account=stage.account or None, region=stage.region or None)
    data = DataStack(app, stage, env=place)
    service = ServiceStack(app, stage, data, env=place)
    for stack in (data, service):
        Tags.of(stack).add("project", "nexus")
        Tags.of(stack).add("stage", stage.name)
    return data, service


def check(app: App) -> None:
    """Makes cdk-nag fail the synthesis of anything that it finds and nobody acknowledged."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def configured_app(**kwargs: Any) -> App:
    """An app with cdk.json's context, which only the CDK CLI passes by itself."""
    return App(context={**project_context(), **kwargs.pop("context", {})}, **kwargs)


def main() -> None:
    """Synthesizes into cdk.out, checked by cdk-nag; a wrong stage ends it with one sentence."""
    try:
        app = configured_app(outdir=os.environ.get("CDK_OUTDIR", str(ROOT / "cdk.out")))
        for stage in stages_to_deploy(app.node.try_get_context):
            add_stage(app, stage)
    except StageError as err:
        raise SystemExit(str(err)) from err
    check(app)
    try:
        app.synth()
    except RuntimeError as err:
        # The report above names each finding; Node's stack trace says nothing more.
        if "ValidationFailed" not in str(err):
            raise
        raise SystemExit("cdk-nag found what the report above names.") from err


if __name__ == "__main__":
    main()
