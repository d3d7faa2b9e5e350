"""Uploads cannot take the executions that answers need, in the smallest account of AWS, too."""

from __future__ import annotations

from collections import Counter

from cdk.stages import read_stage
from tests.infrastructure.assembly import configuration
from tests.infrastructure.changes import synthesized, without_packages

# A new account runs so many functions at once ("Lambda quotas": "new AWS accounts have reduced
# concurrency"), and may reserve none of them: so many have to stay unreserved.
SMALLEST_QUOTA = 10
# For answers, and for what the documents' API is asked meanwhile.
LEFT = 3
BEHIND_THE_API = {"Chat", "Stream", "Documents", "Access", "Audio", "Authorizer"}


def asking_at_once(assembly, stage) -> int:
    """The most releases that can ask their new versions at the same time."""
    aliases = assembly.resources(stage, "service", "Lambda::Alias")
    released = {
        name: [one for one in alias.get("DependsOn", []) if one in aliases]
        for name, alias in aliases.items()
        if "CodeDeployLambdaAliasUpdate" in alias.get("UpdatePolicy", {})
    }

    def before(name: str) -> int:
        return max((1 + before(one) for one in released[name]), default=0)

    return max(Counter(map(before, released)).values(), default=0)


def test_what_starts_by_itself_leaves_answers_room_in_a_new_account(assembly, stage):
    mappings = assembly.resources(stage, "service", "Lambda::EventSourceMapping").values()
    capped = [one["Properties"]["ScalingConfig"]["MaximumConcurrency"] for one in mappings]
    assert len(capped) == 1, "the queue starts ingestion, and nothing else is started by events"
    functions = assembly.resources(stage, "service", "Lambda::Function")
    names = {name.partition("Function")[0] for name in functions}
    # Each of these is one run at a time, which starts its successor when it ends.
    alone = names - BEHIND_THE_API - {"Ingest"}
    # They run for some seconds of a deployment or a release, and no longer.
    asking = {name for name in alone if name == "ReleasesReadiness"}
    publishing = {name for name in alone if name == "PublishedPage"}
    alone -= publishing
    assert alone - asking == {"Reindex", "Backup", "Connect"}
    left = SMALLEST_QUOTA - sum(capped) - len(alone - asking)
    assert left >= LEFT
    at_once = asking_at_once(assembly, stage)
    assert bool(at_once) is bool(asking)
    assert left - at_once >= 1


def test_nothing_is_reserved_unless_the_stage_says_so(assembly, stage):
    for function in assembly.resources(stage, "service", "Lambda::Function").values():
        assert "ReservedConcurrentExecutions" not in function["Properties"]


def test_an_account_with_more_can_keep_executions_for_answers(tmp_path):
    given = {**configuration("prod"), "chat_reserved_concurrency": 50}
    with without_packages(tmp_path / "package"):
        service = synthesized(read_stage("prod", given), tmp_path)["nexus-prod-service"]
    reserved = {
        one["Properties"]["FunctionName"]: one["Properties"].get("ReservedConcurrentExecutions")
        for one in service["Resources"].values()
        if one["Type"] == "AWS::Lambda::Function"
    }
    assert {name: count for name, count in reserved.items() if count} == {"nexus-prod-chat": 50}
