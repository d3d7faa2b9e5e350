"""Whatever is sent, the API answers as its own description says, and never with a 5xx."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from functions.chat.app import create_app
from tests.functions.chat_services import ACME_KEY, World

schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(World().services))


@schema.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_request_is_answered_as_described(case: schemathesis.Case[Any]) -> None:
    case.headers["x-api-key"] = ACME_KEY
    case.call_and_validate(
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ]
    )
