"""Any option of a stage can be changed, and changed back, without a deadlock or a loss."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from cdk.stages import read_stage
from tests.infrastructure.assembly import STAGES, configuration
from tests.infrastructure.changes import (
    Change,
    Deployments,
    changed_fields,
    changes,
    faults,
    synthesized,
    without_packages,
)

# One change of each field in one stage, by turns: a minute is what CI affords. All changes in all
# stages: `python -m tests.infrastructure.changes`.
TRIED = list(zip(changed_fields(), cycle(STAGES), strict=False))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to synthesize into, where no package is built."""
    made = tmp_path_factory.mktemp("changes")
    with without_packages(made / "package"):
        yield made


@pytest.fixture(scope="module")
def deployments(folder: Path) -> Deployments:
    return Deployments(folder)


@pytest.mark.parametrize(("field", "stage"), TRIED)
def test_an_option_can_be_changed_and_changed_back(deployments, field, stage):
    tried = changes(stage, field)
    assert tried, f"{field} has no other value: give it one in tests/infrastructure/changes.py"
    assert not deployments.faults(tried[0])


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("field", ["vector_index", "rerank_key", "domain_name"])
def test_what_adds_and_removes_references_is_tried_in_every_stage(deployments, field, stage):
    found = [fault for change in changes(stage, field) for fault in deployments.faults(change)]
    assert not found


def test_a_removed_export_and_a_replaced_table_are_found(folder):
    stage = read_stage("dev", configuration("dev"))
    before, after = synthesized(stage, folder), synthesized(stage, folder)
    assert faults(before, after) == []
    data = after["nexus-dev-data"]
    gone = next(name for name in data["Outputs"] if "TablesClients" in name)
    del data["Outputs"][gone]
    table = next(name for name in data["Resources"] if name.startswith("TablesClients"))
    data["Resources"][table]["Properties"]["TableName"] = "clients"
    found = "\n".join(faults(before, after))
    assert "removes the export nexus-dev-data:" in found
    assert "which nothing exports" in found
    assert f"replaces or removes {table} of nexus-dev-data" in found


def test_a_change_names_the_stage_the_field_and_both_values():
    [change] = changes("dev", "rerank_key")
    assert isinstance(change, Change)
    assert str(change) == "dev: rerank_key from False to True"
