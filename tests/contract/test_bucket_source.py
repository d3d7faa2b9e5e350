"""Another bucket is brought with what its objects say; and what a stage keeps of its sources."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from nexus.adapters.dynamodb.sources import DynamoSources
from nexus.adapters.s3.landing import S3Inventories, S3Landing
from nexus.adapters.sources.bucket import BucketSource
from nexus.connectors.declaring import declare
from nexus.connectors.running import LONGEST_RUN_S, Runner, is_bearable
from nexus.errors import InProgress, InvalidRequest, NotFound, UpstreamRefused, UpstreamUnavailable
from nexus.models import DocumentMetadata
from nexus.models.sources import Inventory, SourceSpec
from nexus.object_keys import decode_metadata, encode_metadata
from tests.sources import FakeSource, Killed, World, spec

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

OURS, THEIRS = "documents", "theirs"


@pytest.fixture
def s3(aws: None, s3_client: S3Client) -> S3Client:
    for name in (OURS, THEIRS):
        s3_client.create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
    return s3_client


@pytest.fixture
def world(s3: S3Client) -> Callable[..., World]:
    def made(**options: Any) -> World:
        said = {"bucket": THEIRS, "prefix": "handbook/", **options}
        found = World(spec=spec(kind="s3", options=said, own_rights=True))
        found.source = BucketSource.from_spec(found.spec, s3)  # type: ignore[assignment]
        found.landing = S3Landing(s3, OURS, "demo", "wiki/")  # type: ignore[assignment]
        found.store = S3Inventories(s3, OURS, "demo", "wiki")  # type: ignore[assignment]
        return found

    return made


def put(s3: S3Client, key: str, content: bytes, **said: Any) -> None:
    metadata = encode_metadata(DocumentMetadata(**said))
    s3.put_object(
        Bucket=THEIRS, Key=key, Body=content, Metadata=metadata, ContentType="text/markdown"
    )


def held(s3: S3Client) -> dict[str, bytes]:
    listed = s3.list_objects_v2(Bucket=OURS, Prefix="documents/demo/wiki/").get("Contents", [])
    keys = [one["Key"] for one in listed]
    return {
        key.removeprefix("documents/demo/wiki/"): s3.get_object(Bucket=OURS, Key=key)["Body"].read()
        for key in keys
    }


class Dying(S3Inventories):
    """Dies instead of keeping what a run came to."""

    def write(self, inventory: Inventory) -> None:
        if not inventory.changing:
            raise Killed
        super().write(inventory)


def said_of(s3: S3Client, path: str) -> tuple[DocumentMetadata, str]:
    head = s3.head_object(Bucket=OURS, Key=f"documents/demo/wiki/{path}")
    return decode_metadata(head["Metadata"]), head["ContentType"]


def test_what_a_killed_run_has_brought_is_mended_though_the_source_says_again_what_it_said(
    s3: S3Client, world: Callable[..., World]
) -> None:
    put(s3, "handbook/a.md", b"# Closed", groups=("board",))
    world().run()
    put(s3, "handbook/a.md", b"# Open")
    cut_off = world()
    cut_off.store = Dying(s3, OURS, "demo", "wiki")  # type: ignore[assignment]
    with pytest.raises(Killed):
        cut_off.run()
    assert held(s3) == {"a.md": b"# Open"}
    put(s3, "handbook/a.md", b"# Closed", groups=("board",))
    world().run()
    assert held(s3) == {"a.md": b"# Closed"}
    assert said_of(s3, "a.md")[0].groups == ("wiki:board",)
    assert world().run().unchanged == 1


def test_objects_are_brought_changed_moved_and_removed(
    s3: S3Client, world: Callable[..., World]
) -> None:
    for name in ("a", "b", "c", "d"):
        put(s3, f"handbook/{name}.md", f"# {name}".encode())
    put(s3, "handbook/tool.exe", b"MZ")
    put(s3, "elsewhere/e.md", b"# e")
    made = world()
    assert made.run().added == 4
    assert held(s3) == {f"{name}.md": f"# {name}".encode() for name in "abcd"}

    put(s3, "handbook/a.md", b"# more a")
    put(s3, "handbook/deep/b.md", b"# b")
    s3.delete_object(Bucket=THEIRS, Key="handbook/b.md")
    s3.delete_object(Bucket=THEIRS, Key="handbook/c.md")
    report = made.run()
    assert (report.changed, report.moved, report.removed, report.fetched) == (1, 1, 1, 1)
    assert held(s3) == {"a.md": b"# more a", "deep/b.md": b"# b", "d.md": b"# d"}


def test_what_an_object_says_of_itself_goes_with_it_its_groups_too(
    s3: S3Client, world: Callable[..., World]
) -> None:
    put(s3, "handbook/a.md", b"# a", title="A", groups=("hr",), url="https://hr.example.org/a")
    put(s3, "handbook/b c.md", b"# b")
    made = world(link="https://files.example.org/")
    made.run()
    said, kind = said_of(s3, "a.md")
    assert (said.title, said.groups, said.url) == ("A", ("wiki:hr",), "https://hr.example.org/a")
    assert kind == "text/markdown"
    said, _ = said_of(s3, "b c.md")
    assert said.url == "https://files.example.org/handbook/b%20c.md"
    put(s3, "handbook/a.md", b"# a", title="A", groups=("board",))
    report = made.run()
    assert (report.changed, report.fetched) == (1, 0), "the same content is copied, not fetched"
    assert said_of(s3, "a.md") == (
        DocumentMetadata(
            title="A", groups=("wiki:board",), url="https://files.example.org/handbook/a.md"
        ),
        "text/markdown",
    )


def test_a_listing_of_several_pages_goes_on_where_it_stopped(
    s3: S3Client, world: Callable[..., World]
) -> None:
    for number in range(12):
        s3.put_object(Bucket=THEIRS, Key=f"handbook/{number:04}.md", Body=b"# %d" % number)
    made = world()
    made.source = BucketSource(  # type: ignore[assignment]
        s3, THEIRS, "handbook/", "", ("md",), at_once=5
    )
    runs = 0
    while True:
        left = iter([True] * 9)
        runs += 1
        report = made.run(has_time=functools.partial(next, left, False))
        if report.finished:
            break
    assert (runs, report.added, report.fetched) == (2, 12, 12)


def test_a_bucket_that_may_not_be_read_is_told(world: Callable[..., World]) -> None:
    with pytest.raises(UpstreamRefused):
        world(bucket="nobody-s").run()


# What the stage keeps of its sources.


@pytest.fixture
def registry(make_table: Callable[..., str], dynamodb_client: Any) -> DynamoSources:
    return DynamoSources(dynamodb_client, make_table("catalogue", "pk", "sk"))


def test_sources_are_kept_by_tenant_as_they_were_said(registry: DynamoSources) -> None:
    first = spec(options={"a": "b"}, groups=("x",), group_map={"g": ("h", "i")}, own_rights=True)
    registry.add(first, 1000)
    registry.add(spec(tenant="other", name="site"), 1001)
    with pytest.raises(InvalidRequest, match="already"):
        registry.add(first, 1002)
    found = registry.find("demo", "wiki")
    assert found is not None
    assert (found.spec, found.created_at) == (first, 1000)
    assert [one.spec.name for one in registry.sources()] == ["wiki", "site"]
    assert [one.spec.name for one in registry.sources("other")] == ["site"]
    registry.remove("demo", "wiki")
    assert registry.find("demo", "wiki") is None


def test_one_run_has_a_source_at_a_time_and_a_killed_one_not_for_ever(
    registry: DynamoSources,
) -> None:
    registry.add(spec(), 0)
    registry.begin("demo", "wiki", 100, 200)
    with pytest.raises(InProgress):
        registry.begin("demo", "wiki", 150, 250)
    token = registry.begin("demo", "wiki", 201, 301)
    status = registry.find("demo", "wiki")
    assert status is not None
    registry.end(status, "the first one's")
    with pytest.raises(InProgress):
        registry.begin("demo", "wiki", 202, 302)
    registry.end(status, token)
    registry.begin("demo", "wiki", 203, 303)
    with pytest.raises(NotFound):
        registry.begin("demo", "unknown", 0, 1)


def runner(registry: DynamoSources, world: World) -> Runner:
    return Runner(
        registry,
        lambda _spec: world.source,
        lambda _spec: world.landing,
        lambda _spec: world.store,
        lambda: 5000.0,
    )


def test_how_a_run_went_is_noted_and_the_third_failure_is_told(registry: DynamoSources) -> None:
    registry.add(spec(), 0)
    documents = {f"d{n:02}": (f"{n}.txt", b"text") for n in range(20)}
    world = World(source=FakeSource(documents))
    assert runner(registry, world).run("demo", "wiki", lambda: True).added == 20
    status = registry.find("demo", "wiki")
    assert status is not None
    assert (status.ran_at, status.report["added"], status.error) == (5000.0, 20, "")
    world.source.cut_short = True
    bearable = []
    for _ in range(3):
        with pytest.raises(UpstreamUnavailable) as told:
            runner(registry, world).run("demo", "wiki", lambda: True)
        bearable.append(is_bearable(told.value, registry.find("demo", "wiki")))
    assert bearable == [True, True, False]
    assert not is_bearable(UpstreamRefused("source", "no"), registry.find("demo", "wiki"))
    status = registry.find("demo", "wiki")
    assert status is not None
    assert (status.failures, "broke off" in status.error) == (3, True)
    assert LONGEST_RUN_S >= 900


def declared(registry: DynamoSources, world: World, *, adopt: bool = False, **said: Any) -> None:
    def check(_spec: SourceSpec) -> None:
        pass

    declare(spec(**said), "dev", registry, lambda _spec: world.landing, check, 0, adopt=adopt)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "A b"}, "name"),
        ({"name": "x/../y"}, "name"),
        ({"prefix": "/"}, "prefix"),
        ({"prefix": "a"}, "prefix"),
        ({"prefix": "a//b/"}, "prefix"),
        ({"prefix": "x" * 201 + "/"}, "prefix"),
        ({"secret": "nexus/prod/sources/x"}, "secret"),
        ({"groups": ("*",)}, "groups"),
        ({"group_map": {"a": (" ",)}}, "groups"),
    ],
)
def test_what_no_source_can_be_is_refused(
    registry: DynamoSources, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequest) as told:
        declared(registry, World(), **said)
    assert told.value.field == field
    assert registry.sources() == []


def test_a_source_gets_a_folder_of_its_own(registry: DynamoSources) -> None:
    world = World()
    declared(registry, world, secret="nexus/dev/sources/wiki")
    for prefix in ("wiki/", "wiki/deep/"):
        with pytest.raises(InvalidRequest, match="has the documents below"):
            declared(registry, world, name="second", prefix=prefix)
    world.landing.objects["mine.txt"] = (b"mine", {})
    with pytest.raises(InvalidRequest, match="already"):
        declared(registry, world, name="second", prefix="second/")
    declared(registry, world, name="second", prefix="second/", adopt=True)
    with pytest.raises(InvalidRequest, match="There is a source wiki already") as told:
        declared(registry, world)
    assert told.value.field == "name"
