"""No deployment replaces a table, a bucket, the API, a queue, a secret, a function or a role."""

from __future__ import annotations

from tests.infrastructure.lasting import RENEWAL, STACKS, TYPES, lasting, recorded


def test_what_a_replacement_would_lose_keeps_its_logical_id_and_its_name(assembly, stage):
    found = lasting(assembly, stage)
    for stack in STACKS:
        was, now = recorded(stage)[stack], found[stack]
        replaced = sorted(name for name, one in was.items() if now.get(name) != one)
        assert not replaced, (
            f"nexus-{stage}-{stack} would replace or remove {', '.join(replaced)}. If that is "
            f"meant, say in the changelog what is lost, and run: {RENEWAL}"
        )


def test_what_is_new_is_held_from_now_on(assembly, stage):
    found = lasting(assembly, stage)
    for stack in STACKS:
        new = sorted(set(found[stack]) - set(recorded(stage)[stack]))
        assert not new, f"nexus-{stage}-{stack} adds {', '.join(new)}: run {RENEWAL}"


def test_the_record_holds_resources_of_every_lasting_type(stage):
    held = {one["Type"] for stack in recorded(stage).values() for one in stack.values()}
    assert held == set(TYPES)
