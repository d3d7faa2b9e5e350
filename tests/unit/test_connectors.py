"""A run over a source brings what is new, moves what moved, and removes what is surely gone."""

from __future__ import annotations

import functools
import itertools

import pytest

from nexus.connectors import inventories
from nexus.connectors.bringing import MOST_FAILURES_RUNNING
from nexus.errors import UpstreamUnavailable
from nexus.models.sources import Brought, Found, Inventory, Underway
from nexus.object_keys import decode_metadata
from tests.sources import World, spec


def world(documents: int = 6, **said) -> World:
    made = World()
    for name, value in said.items():
        setattr(made.source, name, value)
    for number in range(documents):
        made.source.put(f"d{number}", f"page {number}.txt", b"text %d" % number)
    return made


@pytest.mark.parametrize("changes", [True, False])
def test_the_bucket_holds_what_the_source_has_after_each_run(changes: bool) -> None:
    made = world(changes=changes)
    first = made.run()
    assert made.landing.contents() == made.expected()
    assert (first.added, first.finished) == (6, True)

    made.source.put("d1", "page 1.txt", b"changed")
    made.source.put("d2", "moved/page 2.txt", b"text 2")
    made.source.put("d9", "page 9.txt", b"new")
    made.source.drop("d3")
    second = made.run()
    assert made.landing.contents() == made.expected()
    assert (second.added, second.changed, second.moved, second.removed) == (1, 1, 1, 1)


def test_nothing_is_fetched_twice_that_did_not_change() -> None:
    made = world()
    made.run()
    puts = made.landing.puts
    assert made.run().unchanged == 6
    assert made.source.fetches == [f"d{number}" for number in range(6)]
    assert made.landing.puts == puts


def test_a_document_that_moved_is_copied_and_not_fetched() -> None:
    made = world()
    made.run()
    fetched = len(made.source.fetches)
    made.source.put("d2", "else/where.txt", b"text 2")
    assert made.run().moved == 1
    assert len(made.source.fetches) == fetched
    assert made.landing.contents() == made.expected()


def test_a_file_under_another_id_with_the_same_content_is_a_move() -> None:
    made = world(by_content=True)
    made.run()
    fetched = len(made.source.fetches)
    made.source.drop("d2")
    made.source.put("e2", "renamed.txt", b"text 2")
    report = made.run()
    assert (report.moved, report.added, report.removed) == (1, 0, 0)
    assert len(made.source.fetches) == fetched
    assert made.landing.contents() == made.expected()


def test_two_documents_that_change_places_end_where_they_want_to_be() -> None:
    made = world()
    made.run()
    made.source.put("d0", "page 1.txt", b"text 0")
    made.source.put("d1", "page 0.txt", b"text 1")
    made.run()
    assert made.landing.contents() == made.expected()


def test_documents_that_want_the_same_path_are_told_apart_and_stay_so() -> None:
    made = world(documents=0)
    made.source.put("a", "same.txt", b"one")
    made.source.put("b", "same.txt", b"two")
    made.run()
    held = made.landing.contents()
    assert sorted(held.values()) == [b"one", b"two"]
    assert all(path.endswith(".txt") for path in held)
    made.run()
    assert made.landing.contents() == held


def test_a_listing_that_broke_off_is_never_read_as_removal() -> None:
    made = world()
    made.run()
    held = made.landing.contents()
    made.source.cut_short = True
    with pytest.raises(UpstreamUnavailable, match="broke off"):
        made.run(confirm=True)
    assert made.landing.contents() == held


@pytest.mark.parametrize("changes", [True, False])
def test_more_than_half_is_removed_only_when_it_is_confirmed(changes: bool) -> None:
    made = world(changes=changes)
    made.run()
    for number in range(4):
        made.source.drop(f"d{number}")
    held = made.run()
    assert (held.held, held.removed, len(made.landing.objects)) == (4, 0, 6)
    assert made.run().held == 4  # until somebody says so
    assert made.run(confirm=True).removed == 4
    assert made.landing.contents() == made.expected()


def test_half_is_removed_without_a_question() -> None:
    made = world()
    made.run()
    for number in range(3):
        made.source.drop(f"d{number}")
    assert made.run().removed == 3


def test_what_is_held_back_and_comes_again_is_not_removed() -> None:
    made = world(changes=True)
    made.run()
    for number in range(5):
        made.source.drop(f"d{number}")
    assert made.run().held == 5
    made.source.put("d0", "page 0.txt", b"text 0")
    assert made.run(confirm=True).removed == 4
    assert made.landing.contents() == made.expected()


@pytest.mark.parametrize("changes", [True, False])
def test_a_document_that_cannot_be_fetched_is_brought_by_a_later_run(changes: bool) -> None:
    made = world(changes=changes)
    made.source.down = {"d2"}
    first = made.run()
    assert (first.added, first.failed) == (5, 1)
    assert first.left_out == ["page 2.txt: The wiki answered 503."]
    made.source.down = set()
    assert made.run().added == 1
    assert made.landing.contents() == made.expected()


def test_a_source_that_fails_one_document_after_the_other_is_left_alone() -> None:
    made = world(documents=20)
    made.source.down = set(made.source.documents)
    with pytest.raises(UpstreamUnavailable):
        made.run()
    assert len(made.store.read().brought) == MOST_FAILURES_RUNNING - 1


@pytest.mark.parametrize("changes", [True, False])
def test_a_document_that_the_bucket_lost_is_brought_again(changes: bool) -> None:
    made = world(changes=changes)
    made.run()
    made.landing.objects.pop("page 2.txt")
    made.run()
    assert made.landing.contents() == made.expected()


@pytest.mark.parametrize("changes", [True, False])
def test_a_run_that_is_out_of_time_goes_on_where_it_stopped(changes: bool) -> None:
    made = world(documents=9, changes=changes)
    invocations = 0
    while True:
        left = itertools.chain([True] * 4, itertools.repeat(False))
        report = made.run(has_time=functools.partial(next, left))
        invocations += 1
        if report.finished:
            break
    assert invocations > 2
    assert made.landing.contents() == made.expected()
    assert sorted(made.source.fetches) == sorted(made.source.documents)
    assert report.added == 9


def test_metadata_links_to_the_original() -> None:
    made = world(documents=1)
    made.run()
    [(_, metadata)] = made.landing.objects.values()
    said = decode_metadata(metadata)
    assert (said.title, said.url) == ("page 0.txt", "https://wiki.example.org/d0")


def test_rights_are_taken_over_by_the_map_and_change_without_a_fetch() -> None:
    made = world(documents=3, groups={"d0": ("hr-team",), "d1": ("anyone",), "d2": ()})
    made.spec = spec(group_map={"hr-team": ("hr", "board"), "anyone": ()})
    made.run()

    def groups() -> dict[str, tuple[str, ...]]:
        return {
            path: decode_metadata(said).groups for path, (_, said) in made.landing.objects.items()
        }

    # What everybody may read there is everybody's here; what nobody may read is nobody's.
    assert groups() == {
        "page 0.txt": ("hr", "board"),
        "page 1.txt": (),
        "page 2.txt": ("wiki:nobody",),
    }
    fetched = len(made.source.fetches)
    made.source.groups["d1"] = ("secret society", "hr-team")
    made.run()
    assert groups()["page 1.txt"] == ("wiki:secret society", "hr", "board"), "closed, if unsure"
    made.spec = spec(group_map={"hr-team": ("people",)})
    made.run()
    assert groups()["page 0.txt"] == ("people",)
    assert len(made.source.fetches) == fetched


def test_where_rights_are_not_taken_over_all_documents_have_the_sources_groups() -> None:
    made = world(documents=1, groups={"d0": ("hr-team",)})
    made.spec = spec(groups=("staff",))
    made.run()
    [(_, metadata)] = made.landing.objects.values()
    assert decode_metadata(metadata).groups == ("staff",)


def test_narrower_rights_do_not_wait_for_a_content_that_cannot_be_fetched() -> None:
    made = world(documents=2)
    made.spec = spec(own_rights=True)
    made.source.groups = {"d0": ("staff",), "d1": ("staff",)}
    made.run()
    made.source.put("d0", "page 0.txt", b"edited")
    made.source.groups["d0"] = ("hr",)
    made.source.down = {"d0"}
    assert made.run().failed == 1
    content, metadata = made.landing.objects["page 0.txt"]
    assert (content, decode_metadata(metadata).groups) == (b"text 0", ("wiki:hr",))
    made.source.down = set()
    made.run()
    assert made.landing.contents() == made.expected()


def test_a_document_whose_groups_do_not_fit_is_left_out_and_not_shown_to_all() -> None:
    made = world(documents=3)
    made.spec = spec(own_rights=True)
    made.source.groups = {f"d{number}": ("g",) for number in range(3)}
    made.run()
    made.source.groups["d1"] = tuple(f"a group with a long name {n}" for n in range(200))
    report = made.run()
    assert "page 1.txt" not in made.landing.objects
    assert report.failed == 1
    assert "2,048 bytes" in report.left_out[0]


@pytest.mark.parametrize(
    "path", ["", "/", "../..", "a/../../b", "x\x00y\n/z", "é" * 2000, "/".join(["folder"] * 400)]
)
def test_a_path_that_no_key_can_have_is_made_one(path: str) -> None:
    made = world(documents=0)
    made.source.put("odd", path, b"text")
    made.run()
    for landed in made.landing.objects:
        assert len(landed.encode()) <= 700
        assert ".." not in landed.split("/")
        assert landed.isprintable()


def test_an_inventory_is_read_as_it_was_written() -> None:
    found = Found("id", "p", "m", title="t", groups=(), note="n", by_content=True)
    inventory = Inventory(
        brought={"id": Brought(found, "p", "w", "s", "d", whole=True)},
        cursor="c",
        gone={"x"},
        underway=Underway("since", "at", {"id"}),
        spec="s",
    )
    written = inventories.written(inventory)
    assert inventories.read(written) == inventory
    assert inventories.written(inventories.read(written)) == written
