"""Every AWS call that the functions made is allowed by their policies, and nothing more is granted.

It comes last (conftest.py): what is compared is what the functions did in all other tests. The
emulator enforces no policy; it records the calls instead (cli/local/access/recording.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from cdk.stages import read_stage
from cli.connection import Connection
from cli.local.layout import PROJECT
from cli.stage_names import stack_names
from tests.e2e import rights
from tests.e2e.conftest import CALLS, Deployed, is_whole
from tests.infrastructure.assembly import FUNCTIONS, STAGES, configuration
from tests.infrastructure.changes import synthesized, without_packages

EXPLAINED = Path(__file__).with_name("unused_rights.json")


@dataclass(frozen=True)
class Compared:
    """What the functions used, and what each stage grants them."""

    used: set[rights.Used]
    granted: dict[str, set[rights.Grant]]


@pytest.fixture(scope="module")
def compared(
    stack: Deployed, connection: Connection, tmp_path_factory: pytest.TempPathFactory
) -> Compared:
    # Something was called, even if this file runs alone.
    stack.ask("What is the fine for returning a book late?")
    cloudformation = connection.client("cloudformation")
    resources = [
        resource
        for name in stack_names("local")
        for resource in cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    ]
    folder = tmp_path_factory.mktemp("rights")
    granted = {}
    with without_packages(folder / "package"):
        for stage in STAGES:
            # The local stage has a reranker, so its calls need one in the others; and it reads its
            # figures from logs, as the emulator makes no metrics of them.
            # And its people sign in at its pool.
            alike: dict[str, object] = {
                "figures": "logs",
                "sign_in": "cognito",
                "sign_in_domain": "nexus-of-tests",
            }
            given = configuration(stage)
            if given.get("models_provider") != "bedrock":  # which ranks with the function's role
                alike |= {"rerank_key": True}
            configured = read_stage(stage, {**given, **alike})
            granted[stage] = rights.grants(synthesized(configured, folder), stage)
    return Compared(rights.recorded(CALLS, resources, "local"), granted)


def test_every_function_s_calls_are_recorded(compared: Compared, request) -> None:
    seen = {one.function for one in compared.used}
    assert seen <= set(FUNCTIONS)
    assert "chat" in seen
    if is_whole(request.session):
        assert seen == set(FUNCTIONS)


@pytest.mark.parametrize("stage", STAGES)
def test_no_call_lacks_a_right(compared: Compared, stage: str) -> None:
    used = compared.used
    if configuration(stage).get("models_provider") == "bedrock":
        # It reads no other company's key: tests/infrastructure/test_aws_alone.py.
        used = {one for one in used if one.resource not in ("{ModelsSecret}", "{RerankSecret}")}
    assert not sorted(map(str, rights.missing(used, compared.granted[stage])))


def test_a_right_that_nothing_used_is_explained(compared: Compared, request) -> None:
    if not is_whole(request.session):
        pytest.skip("only some of the end-to-end tests ran: nothing can be said of what is unused")
    explained = rights.explained(EXPLAINED)
    unused = {
        grant
        for granted in compared.granted.values()
        for grant in rights.unused(compared.used, granted)
    }
    sometimes = rights.explained(EXPLAINED, by_chance=True)
    unexplained = unused - set(explained) - set(sometimes)
    assert not sorted(map(str, unexplained)), "granted, not used, not explained"
    assert not sorted(map(str, set(explained) - unused)), "explained, but used or not granted"


def test_the_tests_that_an_explanation_names_exist() -> None:
    explanations = {
        why
        for chance in (False, True)
        for why in rights.explained(EXPLAINED, by_chance=chance).values()
    }
    assert all(len(why) > 40 for why in explanations)
    named = {path for why in explanations for path in re.findall(r"(?:tests|cdk)/[\w/.]*\w", why)}
    assert named
    assert not sorted(path for path in named if not (PROJECT / path).exists())
