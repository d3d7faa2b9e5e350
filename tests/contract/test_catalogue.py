"""The catalogue, in memory and on DynamoDB: who may publish, and what readers see meanwhile."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from nexus.adapters.dynamodb.catalogue import DynamoCatalogue
from nexus.adapters.dynamodb.heads import to_record
from nexus.errors import Superseded, UpstreamRefused, UpstreamUnavailable
from nexus.ingestion.reading_warnings import bounded
from nexus.models import DocumentMetadata, DocumentRecord, ReadingWarning
from nexus.ports import Catalogue, FinishedPart, Manifest, PartResult
from tests.fakes import FakeCatalogue, FakeClock

ONE = DocumentRecord(
    tenant="acme",
    document_id="d1",
    path="fees.pdf",
    uri="s3://documents/acme/fees.pdf",
    title="Fees",
    status="pending",
    version="v1",
    etag="e1",
    size=10,
    metadata=DocumentMetadata("Fees", "Ani", "Finance", "2025-01-02", ("a", "b")),
)
EDITED = replace(ONE, title="Fees 2026", version="v2", etag="e2", size=20)


def ids(revision: int, count: int) -> tuple[str, ...]:
    return tuple(f"{number:024x}{revision:08x}" for number in range(count))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fake", "dynamodb"])
def catalogue(
    request: pytest.FixtureRequest, clock: FakeClock
) -> Iterator[FakeCatalogue | DynamoCatalogue]:
    if request.param == "fake":
        yield FakeCatalogue(clock)
    else:
        yield request.getfixturevalue("on_dynamodb")


@pytest.fixture
def on_dynamodb(
    make_table: Callable[..., str], dynamodb_client: Any, clock: FakeClock
) -> DynamoCatalogue:
    return DynamoCatalogue(dynamodb_client, make_table("catalogue", "pk", "sk"), "g1", clock)


def indexed(catalogue: Catalogue, record: DocumentRecord, chunks: int = 2) -> DocumentRecord:
    """The record after an attempt that worked."""
    attempt = catalogue.begin(record)
    attempt = replace(attempt, title=record.title, version=record.version, chunks=chunks)
    attempt = replace(attempt, published=(attempt.revision,))
    catalogue.publish(attempt, Manifest(attempt.revision, ids(attempt.revision, chunks)))
    stored = catalogue.get(record.tenant, record.document_id)
    assert stored is not None
    return stored


def test_the_first_attempt_creates_the_document(catalogue: Catalogue):
    assert catalogue.get("acme", "d1") is None
    assert catalogue.manifest("acme", "d1") is None

    begun = catalogue.begin(ONE)

    expected = replace(
        ONE,
        status="indexing",
        revision=1,
        started_at="2025-06-15T15:06:40.000Z",
        created_at="2025-06-15T15:06:40.000Z",
        updated_at="2025-06-15T15:06:40.000Z",
    )
    assert begun == expected
    assert catalogue.get("acme", "d1") == expected
    assert catalogue.get("other", "d1") is None
    assert catalogue.manifest("acme", "d1") is None


def test_publishing_stores_everything_an_attempt_found_out(catalogue: Catalogue, clock: FakeClock):
    attempt = catalogue.begin(ONE)
    clock.advance(61.5)
    found = replace(
        attempt,
        published=(1,),
        sequencer="0A",
        fingerprint="f",
        pages=3,
        chunks=2,
        tokens_embedded=99,
        chunks_embedded=2,
        duration_ms=61_500.25,
        hidden=frozenset(ids(7, 3)),
    )
    catalogue.publish(found, Manifest(1, ids(1, 2)))

    assert catalogue.get("acme", "d1") == replace(
        found,
        status="indexed",
        live_revision=1,
        updated_at="2025-06-15T15:07:41.500Z",
    )
    assert catalogue.manifest("acme", "d1") == Manifest(1, ids(1, 2))


def test_a_new_attempt_describes_only_a_document_that_nobody_sees(catalogue: Catalogue):
    catalogue.begin(ONE)
    assert catalogue.begin(EDITED).title == "Fees 2026"

    live = indexed(catalogue, ONE)
    again = catalogue.begin(EDITED)

    changed = {"status": "indexing", "revision": live.revision + 1}
    assert again == replace(live, **changed)  # type: ignore[arg-type]
    assert catalogue.manifest("acme", "d1") == Manifest(live.revision, ids(live.revision, 2))


@pytest.mark.parametrize("chunks", [0, 1, 16_384, 40_000])
def test_manifests_of_any_length_replace_each_other(catalogue: Catalogue, chunks: int):
    indexed(catalogue, ONE, chunks=3)
    indexed(catalogue, ONE, chunks=chunks)
    assert catalogue.manifest("acme", "d1") == Manifest(2, ids(2, chunks))
    indexed(catalogue, ONE, chunks=1)
    assert catalogue.manifest("acme", "d1") == Manifest(3, ids(3, 1))


def test_hidden_chunks_of_any_number_come_back_and_are_cleared(catalogue: Catalogue):
    record = indexed(catalogue, ONE)
    for count in (20_000, 5, 40_000, 0):
        record = replace(record, hidden=frozenset(ids(9, count)))
        catalogue.settle(record)
        for read in (
            catalogue.get("acme", "d1"),
            catalogue.get_many("acme", ["d1"])["d1"],
            *catalogue.list_documents("acme"),
        ):
            assert read == record
    record = replace(record, hidden=frozenset(ids(9, 20_000)))
    catalogue.settle(record)
    assert catalogue.begin(ONE).hidden == record.hidden


@pytest.mark.parametrize(
    "finish",
    [
        lambda catalogue, record: catalogue.publish(record, Manifest(record.revision, ids(8, 1))),
        lambda catalogue, record: catalogue.settle(replace(record, status="failed")),
        lambda catalogue, record: catalogue.remove(record),
    ],
    ids=["publish", "settle", "remove"],
)
def test_an_attempt_that_was_overtaken_changes_nothing(
    catalogue: Catalogue, finish: Callable[[Catalogue, DocumentRecord], None]
):
    indexed(catalogue, ONE)
    stale = catalogue.begin(ONE)
    current = catalogue.begin(ONE)

    with pytest.raises(Superseded):
        finish(catalogue, stale)
    with pytest.raises(Superseded):
        finish(catalogue, replace(ONE, document_id="unknown", revision=1))

    assert catalogue.get("acme", "d1") == current
    assert catalogue.manifest("acme", "d1") == Manifest(1, ids(1, 2))
    finish(catalogue, current)


def test_in_every_interleaving_only_the_last_to_begin_publishes(catalogue: Catalogue):
    first, second = ("begin", "publish") * 2, ("begin", "publish")
    for number, places in enumerate(itertools.combinations(range(6), 2)):
        document = replace(ONE, document_id=f"d{number}")
        steps = {0: iter(first), 1: iter(second)}
        attempts: dict[int, DocumentRecord] = {}
        last, manifest = 0, None
        for place in range(6):
            worker = int(place in places)
            if next(steps[worker]) == "begin":
                attempts[worker] = catalogue.begin(document)
                assert attempts[worker].revision == last + 1
                last += 1
                continue
            attempt = attempts[worker]
            mine = Manifest(attempt.revision, ids(attempt.revision, 2))
            if attempt.revision == last:
                catalogue.publish(attempt, mine)
                manifest = mine
            else:
                with pytest.raises(Superseded):
                    catalogue.publish(attempt, mine)
            assert catalogue.manifest("acme", document.document_id) == manifest


def test_a_failure_leaves_the_live_version_as_it_was(catalogue: Catalogue):
    live = indexed(catalogue, ONE)
    attempt = catalogue.begin(EDITED)

    catalogue.settle(replace(attempt, live_revision=0, status="failed", reason="It is encrypted."))

    assert catalogue.get("acme", "d1") == replace(
        live, revision=2, status="failed", reason="It is encrypted."
    )
    assert catalogue.manifest("acme", "d1") == Manifest(1, ids(1, 2))


def test_a_removed_document_stays_removed_until_an_attempt_begins(catalogue: Catalogue):
    indexed(catalogue, ONE)
    attempt = catalogue.begin(ONE)
    catalogue.remove(attempt)

    gone = catalogue.get("acme", "d1")
    assert gone is not None
    assert (gone.status, gone.live_revision, gone.published) == ("deleted", 0, ())
    assert (gone.fingerprint, gone.chunks) == ("", 0)
    assert catalogue.manifest("acme", "d1") is None
    with pytest.raises(Superseded):
        catalogue.publish(attempt, Manifest(2, ids(2, 1)))
    with pytest.raises(Superseded):
        catalogue.settle(replace(attempt, status="failed"))
    catalogue.settle(replace(gone, sequencer="0B"))
    assert catalogue.get("acme", "d1") == replace(gone, sequencer="0B")

    back = catalogue.begin(EDITED)
    assert (back.revision, back.status, back.title) == (3, "indexing", "Fees 2026")
    assert back.created_at == gone.created_at


def test_many_records_are_read_at_once(catalogue: Catalogue):
    names = [f"d{number}" for number in range(130)]
    known = [names[0], names[99], names[100], names[129]]
    for name in known:
        catalogue.begin(replace(ONE, document_id=name))
    catalogue.begin(replace(ONE, tenant="other", document_id="theirs"))

    found = catalogue.get_many("acme", [*names, "d0", "theirs"])

    assert sorted(found) == sorted(known)
    assert all(found[name].document_id == name for name in known)
    assert catalogue.get_many("acme", []) == {}


def test_listing_is_by_tenant_and_status_and_can_be_resumed(catalogue: Catalogue):
    for name in ("c", "a", "b"):
        indexed(catalogue, replace(ONE, document_id=name))
    catalogue.begin(replace(ONE, document_id="b"))
    theirs = indexed(catalogue, replace(ONE, tenant="other", document_id="z"))

    def listed(*args: Any) -> list[str]:
        return [record.document_id for record in catalogue.list_documents(*args)]

    assert listed("acme") == ["a", "b", "c"]
    assert listed("acme", "indexed") == ["a", "c"]
    assert listed("acme", None, "a") == ["b", "c"]
    assert listed("acme", None, "aa") == ["b", "c"]
    assert listed("nobody") == []
    everything = list(catalogue.list_documents(None))
    assert len(everything) == 4
    assert theirs in everything
    assert sorted(listed(None, "indexed")) == ["a", "c", "z"]
    for number, record in enumerate(everything):
        cursor = f"{record.tenant}/{record.document_id}"
        assert list(catalogue.list_documents(None, None, cursor)) == everything[number + 1 :]


def settled_version(catalogue: Catalogue, clock: FakeClock, tenant: str = "acme") -> int:
    clock.advance(14)
    version = catalogue.version(tenant)
    assert version is not None
    return version


def test_a_late_worker_that_fails_takes_back_nothing_that_its_own_attempt_published(
    catalogue: Catalogue,
):
    attempt = catalogue.begin(ONE)
    finished = replace(attempt, status="indexed", live_revision=attempt.revision, published=(1,))
    catalogue.publish(finished, Manifest(attempt.revision, ids(1, 3)))
    for status in ("pending", "indexing", "failed"):
        with pytest.raises(Superseded):
            catalogue.settle(replace(attempt, status=status, reason="The index is away."))
    kept = catalogue.get("acme", "d1")
    assert kept is not None
    assert (kept.status, kept.published, kept.reason) == ("indexed", (1,), None)
    catalogue.settle(replace(finished, hidden=frozenset()))


def test_what_has_ended_is_not_published_but_what_was_published_is_once_more(
    catalogue: Catalogue,
):
    attempt = catalogue.begin(ONE)
    catalogue.settle(replace(attempt, status="failed", reason="It is encrypted."))
    manifest = Manifest(attempt.revision, ids(1, 3))
    with pytest.raises(Superseded):
        catalogue.publish(replace(attempt, published=(1,)), manifest)
    attempt = catalogue.begin(ONE)
    manifest = Manifest(attempt.revision, ids(2, 3))
    for _ in range(2):  # a lost response makes the client send it again
        catalogue.publish(replace(attempt, published=(2,)), manifest)
    assert catalogue.manifest("acme", "d1") == manifest


def test_the_version_grows_with_what_readers_see_and_with_nothing_else(
    catalogue: Catalogue, clock: FakeClock
):
    versions = [settled_version(catalogue, clock)]

    def grew() -> bool:
        versions.append(settled_version(catalogue, clock))
        assert versions[-1] >= versions[-2]
        return versions[-1] > versions[-2]

    attempt = catalogue.begin(ONE)
    catalogue.settle(replace(attempt, status="failed", reason="It is encrypted.", version="v0"))
    assert not grew()
    live = indexed(catalogue, ONE)
    assert grew()
    attempt = catalogue.begin(EDITED)
    catalogue.settle(replace(attempt, status="pending", sequencer="0B"))
    assert not grew()
    with pytest.raises(Superseded):
        catalogue.settle(replace(live, title="Lost"))
    assert not grew()
    for change in ({"version": "v3"}, {"title": "Costs"}, {"hidden": frozenset(ids(1, 1))}):
        attempt = replace(attempt, **change)
        catalogue.settle(attempt)
        assert grew(), change
    catalogue.remove(attempt)
    assert grew()
    gone = catalogue.get("acme", "d1")
    assert gone is not None
    catalogue.settle(replace(gone, hidden=frozenset(), etag=""))
    assert not grew()
    assert catalogue.version("other") == versions[0]


def test_there_is_no_version_while_readers_may_still_see_the_state_before(
    catalogue: Catalogue, clock: FakeClock
):
    for change in (indexed, lambda catalogue, _: catalogue.remove(catalogue.begin(ONE))):
        change(catalogue, ONE)
        assert catalogue.version("acme") is None
        clock.advance(13.5)
        assert catalogue.version("acme") is None
        assert catalogue.version("other") is not None
        settled_version(catalogue, clock)


def test_the_catalogue_answers_a_ping(catalogue: Catalogue):
    catalogue.ping()


def test_a_reader_never_sees_a_mixture_while_manifests_are_replaced(
    on_dynamodb: DynamoCatalogue, dynamodb_client: Any, during: Callable[..., Any]
):
    indexed(on_dynamodb, ONE, chunks=20_000)
    replaced: list[DocumentRecord] = []

    def replace_once(**_: Any) -> None:
        if len(replaced) < 2:
            replaced.append(indexed(on_dynamodb, ONE, chunks=20_000 + len(replaced)))

    with during(dynamodb_client, "before-call", "Query", replace_once):
        assert on_dynamodb.manifest("acme", "d1") == Manifest(3, ids(3, 20_001))


# A change is two or three writes: a count, the head, and a count if that took long. Steps of others
# fall before any of them and after the last. A worker dies before one of them, or is slow and does
# not die.
@pytest.mark.parametrize("change", ["publish", "announced", "remove"])
@pytest.mark.parametrize(
    ("dies_before", "pause_s"),
    [(None, 0.2), (None, 1), (None, 5), (None, 7), (None, 15), (1, 1), (2, 1), (2, 6.5)],
)
def test_in_every_interleaving_nothing_kept_under_a_version_outlives_a_change(
    on_dynamodb: DynamoCatalogue,
    dynamodb_client: Any,
    clock: FakeClock,
    during: Callable[..., Any],
    change: str,
    dies_before: int | None,
    pause_s: float,
):
    def seen() -> tuple[int, ...]:
        record = on_dynamodb.get("acme", "d1")
        assert record is not None
        return record.published

    for version_at, reads_at in itertools.combinations_with_replacement(range(4), 2):
        indexed(on_dynamodb, ONE)
        attempt = on_dynamodb.begin(EDITED)
        attempt = replace(attempt, published=(attempt.revision,))
        clock.advance(14)
        places = itertools.count()
        kept: dict[str, Any] = {}

        def at_a_place(
            places: Any = places,
            kept: Any = kept,
            version_at: int = version_at,
            reads_at: int = reads_at,
            **_: Any,
        ) -> None:
            place = next(places)
            clock.advance(pause_s)
            if place == version_at:
                kept["version"] = on_dynamodb.version("acme")
            if place == reads_at:
                kept["seen"] = seen()
            if place == dies_before:
                raise KeyboardInterrupt

        with during(dynamodb_client, "before-call", "UpdateItem", at_a_place):
            try:
                if change == "publish":
                    on_dynamodb.publish(attempt, Manifest(attempt.revision, ()))
                elif change == "announced":
                    staged = on_dynamodb.stage(attempt, ())
                    staged = replace(staged, announced_at=on_dynamodb.announce("acme"))
                    on_dynamodb.publish(attempt, Manifest(attempt.revision, ()), staged)
                else:
                    on_dynamodb.remove(attempt)
            except KeyboardInterrupt:
                assert dies_before is not None
        with suppress(KeyboardInterrupt):
            at_a_place()

        now = settled_version(on_dynamodb, clock)
        if kept.get("version") == now:
            assert kept.get("seen", seen()) == seen(), (version_at, reads_at)


def test_a_change_stands_though_its_second_count_is_throttled(
    on_dynamodb: DynamoCatalogue,
    dynamodb_client: Any,
    clock: FakeClock,
    during: Callable[..., Any],
):
    before = settled_version(on_dynamodb, clock)
    attempt = on_dynamodb.begin(ONE)
    places = itertools.count()

    def throttle(**_: Any) -> None:
        clock.advance(7)
        if next(places) == 2:
            raise UpstreamUnavailable("catalogue", "Throttled; try again.")

    with during(dynamodb_client, "before-call", "UpdateItem", throttle):
        on_dynamodb.publish(attempt, Manifest(1, ids(1, 1)))
    assert on_dynamodb.manifest("acme", "d1") == Manifest(1, ids(1, 1))
    assert settled_version(on_dynamodb, clock) > before


@pytest.mark.parametrize(("later_s", "counts"), [(0.1, 0), (3, 0), (5, 1), (-60, 1)])
def test_a_change_that_was_announced_long_ago_is_announced_again(
    on_dynamodb: DynamoCatalogue,
    dynamodb_client: Any,
    clock: FakeClock,
    during: Callable[..., Any],
    later_s: float,
    counts: int,
):
    attempt = on_dynamodb.begin(ONE)
    staged = on_dynamodb.stage(attempt, ids(1, 1))
    announced_at = on_dynamodb.announce("acme")
    clock.advance(later_s)
    writes: list[str] = []
    with during(dynamodb_client, "before-call", "UpdateItem", lambda **_: writes.append("")):
        manifest = Manifest(attempt.revision, ids(1, 1))
        on_dynamodb.publish(attempt, manifest, replace(staged, announced_at=announced_at))
    assert len(writes) == 1 + counts
    assert on_dynamodb.manifest("acme", "d1") == manifest


def test_nothing_is_left_over_of_replaced_lost_and_removed_manifests(
    on_dynamodb: DynamoCatalogue, dynamodb_client: Any, during: Callable[..., Any]
):
    def items() -> int:
        pages = dynamodb_client.get_paginator("scan").paginate(TableName="catalogue")
        return sum(item["sk"]["S"] != "version" for page in pages for item in page["Items"])

    def crash(**_: Any) -> None:
        raise KeyboardInterrupt

    for chunks in (40_000, 20_000):
        record = indexed(on_dynamodb, ONE, chunks=chunks)
    assert items() == 1 + 2
    on_dynamodb.settle(replace(record, hidden=frozenset(ids(9, 20_000))))
    on_dynamodb.settle(replace(record, hidden=frozenset(ids(9, 1))))
    stale, attempt = on_dynamodb.begin(ONE), on_dynamodb.begin(ONE)
    stale = replace(stale, hidden=frozenset(ids(9, 20_000)))
    with pytest.raises(Superseded):
        on_dynamodb.publish(stale, Manifest(3, ids(3, 9)))
    assert items() == 1 + 2
    with (
        during(dynamodb_client, "before-call", "UpdateItem", crash),
        pytest.raises(KeyboardInterrupt),
    ):
        on_dynamodb.publish(attempt, Manifest(4, ids(4, 1)))
    assert items() == 1 + 2 + 1

    on_dynamodb.remove(on_dynamodb.begin(ONE))
    assert items() == 1


def test_a_publish_that_is_sent_twice_succeeds(on_dynamodb: DynamoCatalogue):
    attempt = on_dynamodb.begin(ONE)
    for _ in range(2):
        on_dynamodb.publish(attempt, Manifest(1, ids(1, 2)))
    assert on_dynamodb.manifest("acme", "d1") == Manifest(1, ids(1, 2))


def test_what_dynamodb_leaves_unprocessed_is_asked_for_again(
    on_dynamodb: DynamoCatalogue, dynamodb_client: Any, during: Callable[..., Any]
):
    names = [f"d{number}" for number in range(5)]
    for name in names:
        on_dynamodb.begin(replace(ONE, document_id=name))
    calls = []

    def hold_back(parsed: dict[str, Any], **_: Any) -> None:
        calls.append(parsed)
        items = parsed["Responses"]["catalogue"]
        if len(items) > 2:
            keys = [{"pk": item["pk"], "sk": item["sk"]} for item in items[2:]]
            parsed["UnprocessedKeys"] = {"catalogue": {"Keys": keys}}
            del items[2:]

    with during(dynamodb_client, "after-call", "BatchGetItem", hold_back):
        assert sorted(on_dynamodb.get_many("acme", names)) == names
    assert len(calls) == 3


@pytest.mark.usefixtures("aws")
def test_a_missing_table_is_reported_as_ours(dynamodb_client: Any):
    missing = DynamoCatalogue(dynamodb_client, "missing", "g1")
    for call in (
        missing.ping,
        lambda: missing.version("acme"),
        lambda: missing.get("acme", "d1"),
        lambda: missing.get_many("acme", ["d1"]),
        lambda: missing.begin(ONE),
        lambda: missing.publish(ONE, Manifest(1, ids(1, 1))),
        lambda: missing.settle(ONE),
        lambda: missing.remove(ONE),
        lambda: missing.manifest("acme", "d1"),
        lambda: missing.plan(ONE),
        lambda: missing.explain(ONE, "It is away."),
        lambda: missing.start_part(ONE),
        lambda: missing.finish_part(ONE, PartResult(0, ids(1, 1))),
        lambda: missing.finished_parts(ONE),
        lambda: list(missing.list_documents(None)),
        lambda: list(missing.list_documents("acme")),
    ):
        with pytest.raises(UpstreamRefused) as caught:
            call()
        assert caught.value.service == "catalogue"


def test_warnings_stay_with_what_they_are_about(catalogue: Catalogue):
    told = (ReadingWarning("a chart is not read", "slide 2", "Put its numbers into a table."),)
    attempt = replace(catalogue.begin(ONE), warnings=told, published=(1,))
    catalogue.publish(attempt, Manifest(1, ids(1, 2)))
    assert catalogue.get_many("acme", ["d1"])["d1"].warnings == told

    again = catalogue.begin(EDITED)
    assert again.warnings == told  # readers still see the version that they are about
    part = PartResult(0, ids(2, 1), warnings=told)
    catalogue.plan(replace(again, parts=1))
    catalogue.finish_part(again, part)
    assert catalogue.finished_parts(again) == [part]
    catalogue.publish(replace(again, warnings=(), published=(2,)), Manifest(2, ids(2, 1)))
    stored = catalogue.get("acme", "d1")
    assert stored is not None
    assert stored.warnings == ()


def test_an_item_of_the_time_before_warnings_is_read(on_dynamodb: DynamoCatalogue):
    indexed(on_dynamodb, ONE)
    head = on_dynamodb._heads.read("acme", "d1")
    assert head is not None
    del head["warnings"]
    assert to_record(head).warnings == ()


def test_the_most_and_longest_warnings_fit_beside_the_most_hidden_chunks(
    on_dynamodb: DynamoCatalogue,
):
    told = bounded(
        ReadingWarning(f"{number} " + "\U00010437" * 500, "\U00010437" * 500, "\U00010437" * 500)
        for number in range(60)
    )
    attempt = replace(on_dynamodb.begin(ONE), warnings=told, hidden=frozenset(ids(1, 16_384)))
    on_dynamodb.publish(attempt, Manifest(1, ids(1, 2)))
    head = on_dynamodb._heads.read("acme", "d1")
    assert head is not None
    assert to_record(head).warnings == told
    size = sum(
        len(json.dumps(value["L"], ensure_ascii=False).encode()) if "L" in value else 0
        for value in head.values()
    ) + len(head["hidden"]["B"])
    assert size < 400_000 - 20_000


def test_parts_are_counted_until_all_are_there_and_go_with_the_publish(catalogue: Catalogue):
    attempt = catalogue.begin(ONE)
    catalogue.plan(replace(attempt, parts=2, underway="content"))
    begun = catalogue.get("acme", "d1")
    assert begun is not None
    assert (begun.parts, begun.parts_done, begun.underway) == (2, 0, "content")
    assert begun.started_at
    runs = [catalogue.start_part(attempt) for _ in range(3)]
    assert runs == [1, 2, 3]
    second = PartResult(1, ids(7, 2), 2, 40)
    assert catalogue.finish_part(attempt, second) == FinishedPart(kept=True, done=1)
    assert catalogue.finish_part(attempt, second) == FinishedPart(kept=True, done=1)
    late = PartResult(1, ids(8, 2), 2, 40)
    assert catalogue.finish_part(attempt, late) == FinishedPart(kept=False, done=1)
    first = PartResult(0, ids(6, 1))
    assert catalogue.finish_part(attempt, first) == FinishedPart(kept=True, done=2)
    assert catalogue.finished_parts(attempt) == [first, second]
    counted = catalogue.get("acme", "d1")
    assert counted is not None
    assert (counted.parts_done, counted.status) == (2, "indexing")
    catalogue.publish(replace(attempt, published=(1,)), Manifest(attempt.revision, ids(6, 1)))
    published = catalogue.get("acme", "d1")
    assert published is not None
    assert (published.parts, published.parts_done) == (2, 2)


def test_a_superseded_or_ended_attempt_finishes_no_part(catalogue: Catalogue):
    stale = catalogue.begin(ONE)
    current = catalogue.begin(ONE)
    assert current.parts == current.parts_done == 0
    for call in (
        lambda: catalogue.plan(replace(stale, parts=2)),
        lambda: catalogue.explain(stale, "It is away."),
        lambda: catalogue.start_part(stale),
        lambda: catalogue.finish_part(stale, PartResult(0, ids(6, 1))),
    ):
        with pytest.raises(Superseded):
            call()
    assert catalogue.finished_parts(current) == []
    catalogue.explain(current, "It is away.")
    waiting = catalogue.get("acme", "d1")
    assert waiting is not None
    assert (waiting.status, waiting.reason) == ("indexing", "It is away.")
    catalogue.settle(replace(current, status="failed", reason="It is encrypted."))
    for call in (
        lambda: catalogue.start_part(current),
        lambda: catalogue.explain(current, "It is away."),
    ):
        with pytest.raises(Superseded):
            call()


def test_generations_in_one_table_know_nothing_of_each_other(
    make_table: Callable[..., str], dynamodb_client: Any, clock: FakeClock
):
    table = make_table("catalogue", "pk", "sk")
    one, other = (DynamoCatalogue(dynamodb_client, table, name, clock) for name in ("g1", "g2"))
    indexed(one, ONE)
    assert other.get("acme", "d1") is None
    assert other.get_many("acme", ["d1"]) == {}
    assert list(other.list_documents(None)) == list(other.list_documents("acme")) == []
    other.begin(ONE)
    assert [record.status for record in one.list_documents(None)] == ["indexed"]
    assert [record.status for record in other.list_documents(None)] == ["indexing"]


RESTORED = replace(
    EDITED,
    status="indexed",
    revision=7,
    live_revision=6,
    published=(6, 4),
    sequencer="0055",
    fingerprint="e2|g1|x",
    chunks=3,
    duration_ms=12.5,
    started_at="2025-01-01T00:00:00.000Z",
    created_at="2024-01-01T00:00:00.000Z",
    updated_at="2025-01-01T00:00:01.000Z",
)


def test_a_restored_document_is_as_it_was_and_goes_on_from_there(catalogue: Catalogue):
    busy = replace(RESTORED, hidden=frozenset(ids(5, 1)), parts=3, parts_done=2, underway="x")
    assert catalogue.restore(busy, ids(6, 3))
    assert catalogue.get("acme", "d1") == RESTORED
    assert catalogue.manifest("acme", "d1") == Manifest(6, ids(6, 3))
    assert catalogue.version("acme") is None

    begun = catalogue.begin(ONE)
    assert (begun.revision, begun.title) == (8, "Fees 2026")
    catalogue.publish(replace(begun, published=(8,)), Manifest(8, ids(8, 1)))
    assert catalogue.manifest("acme", "d1") == Manifest(8, ids(8, 1))


def test_a_restore_leaves_what_is_there_already(catalogue: Catalogue):
    known = indexed(catalogue, ONE)
    assert not catalogue.restore(RESTORED, ids(6, 3))
    assert catalogue.get("acme", "d1") == known
    assert catalogue.manifest("acme", "d1") == Manifest(1, ids(1, 2))


def test_a_document_without_a_live_revision_is_restored_without_a_manifest(catalogue: Catalogue):
    gone = replace(RESTORED, status="deleted", live_revision=0, published=(), etag="")
    assert catalogue.restore(gone, ())
    assert catalogue.get("acme", "d1") == gone
    assert catalogue.manifest("acme", "d1") is None


def test_a_restore_whose_response_is_lost_succeeds_and_keeps_its_manifest(
    on_dynamodb: DynamoCatalogue, dynamodb_client: Any, during: Callable[..., Any]
):
    sent: list[Any] = []

    def twice(params: Any, **_: Any) -> None:
        if not sent and b"attribute_not_exists(pk)" in params["body"]:
            sent.append(params)
            dynamodb_client._make_api_call("PutItem", json.loads(params["body"]))

    with during(dynamodb_client, "before-call", "PutItem", twice):
        assert on_dynamodb.restore(RESTORED, ids(6, 3))
    assert sent
    assert on_dynamodb.manifest("acme", "d1") == Manifest(6, ids(6, 3))


def test_a_restored_generation_s_documents_are_not_those_of_the_one_it_was(
    on_dynamodb: DynamoCatalogue, dynamodb_client: Any, clock: FakeClock
):
    restored = DynamoCatalogue(dynamodb_client, "catalogue", "g1-r1", clock)
    indexed(on_dynamodb, ONE)
    restored.restore(RESTORED, ids(6, 3))
    restored.restore(replace(RESTORED, document_id="d2"), ids(6, 3))
    assert [one.document_id for one in on_dynamodb.list_documents(None)] == ["d1"]
    assert sorted(one.document_id for one in restored.list_documents(None)) == ["d1", "d2"]
