"""Groups of documents: how objects spell them, what folders give, and who then sees what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.errors import ConfigurationError, InvalidRequest
from nexus.ingestion.describing import filterable
from nexus.ingestion.folder_groups import governed
from nexus.ingestion.revisions import fingerprint
from nexus.models import DocumentMetadata, DocumentRecord, Filters, Hit, Locator, Principal
from nexus.object_keys import decode_metadata, encode_metadata
from nexus.retrieval.rights import narrow, permits, visible
from nexus.settings import Settings

FOLDERS = (("hr/", ("hr",)), ("hr/board/", ("board", "hr-leads")))


def record(*groups: str) -> DocumentRecord:
    said = DocumentMetadata(groups=groups)
    return DocumentRecord("acme", "d", "d.md", "", "d", "indexed", live_revision=1, metadata=said)


def someone(*groups: str, role: str = "user") -> Principal:
    return Principal("acme", "web", role, "standard", groups=groups)  # type: ignore[arg-type]


def test_groups_travel_with_an_object_as_tags_do() -> None:
    said = DocumentMetadata(groups=("hr", "Größe, klein"))
    assert encode_metadata(said) == {"groups": "hr,Gr%C3%B6%C3%9Fe%2C klein"}
    assert decode_metadata({"Groups": "hr,Gr%C3%B6%C3%9Fe%2C klein"}) == said


@pytest.mark.parametrize("sent", ["%00", ",", ",,", "%0A%0D", "%20", "*", "%ZZ", "hr,%00"])
def test_groups_that_nobody_can_have_close_a_document_and_never_open_it(sent: str) -> None:
    said = decode_metadata({"groups": sent})
    assert said.groups
    assert filterable(said).groups
    assert not permits(someone().rights, replace(record(), metadata=said))
    assert not permits(someone("finance", "").rights, replace(record(), metadata=said))
    assert decode_metadata(encode_metadata(said)).groups == said.groups  # a PATCH of the title


@given(st.text(max_size=30))
def test_whatever_groups_an_object_names_it_is_open_only_if_it_names_none(sent: str) -> None:
    said = decode_metadata({"groups": sent})
    assert bool(said.groups) is bool(sent.strip())
    assert bool(filterable(said).groups) is bool(said.groups)


def test_an_empty_group_is_refused_where_somebody_says_it() -> None:
    with pytest.raises(InvalidRequest) as refused:
        encode_metadata(DocumentMetadata(groups=("hr", "\x01")))
    assert refused.value.field == "groups"


def test_the_longest_folder_gives_groups_to_what_has_none() -> None:
    bare = DocumentMetadata()
    assert governed(bare, "open.md", FOLDERS).groups == ()
    assert governed(bare, "hr/a.md", FOLDERS).groups == ("hr",)
    assert governed(bare, "hr/board/a.md", FOLDERS).groups == ("board", "hr-leads")
    assert governed(DocumentMetadata(groups=("all",)), "hr/a.md", FOLDERS).groups == ("all",)
    assert governed(bare, "hr.md", FOLDERS).groups == ()


def test_folders_are_read_from_the_environment() -> None:
    environ = {"NEXUS_FOLDER_GROUPS": '{"hr/": ["hr"], "hr/board/": ["board", "hr-leads"]}'}
    assert Settings.from_environ(environ).folder_groups == FOLDERS
    hash(Settings.from_environ(environ))  # caches are kept by their settings


@pytest.mark.parametrize(
    "value",
    ["hr/=hr", "[]", "1", '{"hr/": "hr"}', '{"hr/": []}', '{"hr/": [""]}', '{"hr/": [1]}',
     '{"hr/": ["*"]}', '{"": ["hr"]}', '{"hr/": null}', "[" * 5_000],
)  # fmt: skip
def test_folders_that_cannot_be_read_stop_a_function_and_open_nothing(value: str) -> None:
    with pytest.raises(ConfigurationError, match="NEXUS_FOLDER_GROUPS"):
        Settings.from_environ({"NEXUS_FOLDER_GROUPS": value})


def test_a_document_without_groups_has_the_fingerprint_that_it_had_before_there_were_any() -> None:
    said = DocumentMetadata("Fees", "Ani", "Finance", "2026-01-31", ("a",))
    # As Nexus 0.17 computed it.
    assert fingerprint("etag", said, "g1") == "etag|g1|652697064bde6b6a"
    closed = replace(said, groups=("hr",))
    assert fingerprint("etag", closed, "g1") != fingerprint("etag", said, "g1")


def test_who_shares_a_group_sees_in_any_spelling_and_both_rights_must_hold() -> None:
    assert permits(someone().rights, record())
    assert not permits(someone().rights, record("HR"))
    assert permits(someone(" hr ").rights, record("HR", "board"))
    assert not permits(someone("h").rights, record("HR"))
    assert permits(someone("*").rights, record("HR"))
    only = replace(someone("hr"), filters=Filters(departments=("Finance",)))
    assert not permits(only.rights, record("HR"))


def test_an_administrator_manages_all_and_sees_by_its_groups() -> None:
    admin = someone(role="admin")
    assert admin.manages
    assert not permits(admin.rights, record("hr"))
    assert not someone("*").manages
    assert not replace(admin, filters=Filters(tags=("a",))).manages


def test_no_request_can_say_who_is_asking() -> None:
    asked = Filters(groups=("board",))
    narrowed = narrow(someone("HR").rights, asked)
    assert narrowed is not None
    assert narrowed.groups == ("hr",)
    everything = narrow(someone("*").rights, asked)
    assert everything is not None
    assert everything.groups is None


def test_what_an_index_still_finds_is_not_seen_once_the_catalogue_says_so() -> None:
    hit = Hit("c", "d", "d", "", "words", Locator(), 0, 1, 0.9)
    published = replace(record("hr"), published=(1,))
    assert visible([hit], {"d": published}, someone("hr").rights) == [hit]
    assert visible([hit], {"d": published}, someone("finance").rights) == []
    assert visible([hit], {}, someone("*").rights) == []
