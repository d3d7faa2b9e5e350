"""No deployment replaces a table, a bucket, the API, a queue, a secret, a function or a role."""

from __future__ import annotations

from tests.infrastructure.assembly import configuration
from tests.infrastructure.lasting import RENEWAL, STACKS, found, recorded
from tests.infrastructure.replacing import LASTING


def test_what_a_replacement_would_lose_keeps_its_logical_id_and_its_name(assembly, stage):
    current = found(assembly, stage)
    for stack in STACKS:
        was, now = recorded(stage)[stack], current[stack]
        replaced = sorted(name for name, one in was.items() if now.get(name) != one)
        assert not replaced, (
            f"nexus-{stage}-{stack} would replace or remove {', '.join(replaced)}. If that is "
            f"meant, say in the changelog what is lost, and run: {RENEWAL}"
        )


def test_what_is_new_is_held_from_now_on(assembly, stage):
    current = found(assembly, stage)
    for stack in STACKS:
        new = sorted(set(current[stack]) - set(recorded(stage)[stack]))
        assert not new, f"nexus-{stage}-{stack} adds {', '.join(new)}: run {RENEWAL}"


def test_the_record_holds_resources_of_every_lasting_type(stage):
    held = {one["Type"] for stack in STACKS for one in recorded(stage)[stack].values()}
    without = (
        set() if configuration(stage).get("upstream_secrets", True) else {"SecretsManager::Secret"}
    )
    assert held == set(LASTING) - without


def test_no_export_that_a_deployed_service_may_import_is_removed(assembly, stage):
    # CloudFormation refuses to: first a release in which nothing imports it, then one without it.
    removed = sorted(set(recorded(stage)["exports"]) - set(found(assembly, stage)["exports"]))
    assert not removed, f"nexus-{stage}-data no longer exports {', '.join(removed)}"
