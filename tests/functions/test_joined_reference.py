"""The reference of all functions is one: what they name alike has to be alike."""

from __future__ import annotations

import itertools
from typing import Any

from fastapi.openapi.utils import get_openapi

from functions.access.app import create_app as access_app
from functions.chat.app import create_app as chat_app
from functions.documents.app import create_app as documents_app
from tests.functions.access_services import Bureau
from tests.functions.chat_services import World
from tests.functions.documents_services import Office


def bodies(app: Any) -> dict[str, Any]:
    described = get_openapi(title="One function's", version="1", routes=app.routes)
    schemas: dict[str, Any] = described["components"]["schemas"]
    return schemas


def test_no_body_of_one_function_takes_the_name_of_another_s() -> None:
    every = (
        bodies(chat_app(World().services)),
        bodies(documents_app(Office().services)),
        bodies(access_app(Bureau().services)),
    )
    assert all(every)
    for one, other in itertools.combinations(every, 2):
        assert [name for name in one.keys() & other.keys() if one[name] != other[name]] == []
