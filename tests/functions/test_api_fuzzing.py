"""Whatever is sent, the API answers as its own description says, and never with a 5xx."""

from __future__ import annotations

import re
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from nexus.object_keys import document_id
from tests.functions.access_services import ADMIN_KEY as ACCESS_KEY
from tests.functions.access_services import Bureau
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.documents_services import ADMIN_KEY, Office
from tests.functions.gateway import access_app, chat_app, documents_app

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

# Each alone, or after another, is slow or unreadable to somebody when it is repeated.
REPEATED = (
    *("9", "1,", "1.", "²", "٣", "a.", "a@a.", "+a@b.c", "www.", "http://", "[", "](", "[1]", "!["),
    *("<a ", "<!--", "&amp;", "&#9", ".", "A. ", "No. ", "\n", "\t", " ", "|-", "```\n"),
    *("million ", "not ", "ignore all ", "system: ", "itunya", "-", "_", "*", "“A", "中", "\ufdfa"),
)  # fmt: skip
repeated = st.builds(
    lambda first, unit, times, last: f"{first}{unit * times}{last}",
    st.sampled_from(("", "How much is the tuition fee? ", *REPEATED)),
    st.one_of(st.sampled_from(REPEATED), st.tuples(*[st.sampled_from(REPEATED)] * 2).map("".join)),
    st.integers(0, 5_000),
    st.sampled_from(("", "!", "\n.", "x")),
)

office = Office()
DOCUMENT = document_id("acme", "fees.md")

# The chat function describes the other's routes, too, and leaves them to it.
questions = schemathesis.openapi.from_asgi("/openapi.json", chat_app(World().services)).exclude(
    path_regex="^/v1/(documents|clients|people|groups)"
)
keys_and_people = schemathesis.openapi.from_asgi("/openapi.json", access_app(Bureau().services))
management = schemathesis.openapi.from_asgi("/openapi.json", documents_app(office.services))


@questions.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_request_is_answered_as_described(case: schemathesis.Case[Any]) -> None:
    case.headers["x-api-key"] = ACME_KEY
    case.call_and_validate(checks=CHECKS)


@management.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_change_of_documents_is_answered_as_described(case: schemathesis.Case[Any]) -> None:
    case.headers["x-api-key"] = ADMIN_KEY
    if re.fullmatch(r"[0-9a-f]{24}", str(case.path_parameters.get("document_id"))):
        case.path_parameters["document_id"] = DOCUMENT
        office.put("fees.md", "The tuition fee is nine million rupiah.")  # it may be deleted
    case.call_and_validate(checks=CHECKS)


@keys_and_people.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_change_of_keys_and_people_is_answered_as_described(
    case: schemathesis.Case[Any],
) -> None:
    case.headers["x-api-key"] = ACCESS_KEY
    case.call_and_validate(checks=CHECKS)


@given(repeated, repeated)
@settings(max_examples=60, deadline=None)
def test_any_repetition_in_a_question_and_in_an_answer_is_answered(asked: str, said: str) -> None:
    world = World(said)
    api = TestClient(chat_app(world.services), headers={"x-api-key": ACME_KEY})
    for message in (asked, f"How much is the tuition fee? {asked}"[:5_000]):
        status = api.post("/v1/chat", json={"message": message}).status_code
        assert status == 200 or (status == 422 and (len(message) > 5_000 or not message.strip()))
