"""The reference of both functions is one: what they name alike has to be alike."""

from __future__ import annotations

from typing import Any

from fastapi.openapi.utils import get_openapi

from functions.chat.app import create_app as chat_app
from functions.documents.app import create_app as documents_app
from tests.functions.chat_services import World
from tests.functions.documents_services import Office


def bodies(app: Any) -> dict[str, Any]:
    described = get_openapi(title="One function's", version="1", routes=app.routes)
    schemas: dict[str, Any] = described["components"]["schemas"]
    return schemas


def test_no_body_of_one_function_takes_the_name_of_another_s() -> None:
    of_chat, of_documents = (
        bodies(chat_app(World().services)),
        bodies(documents_app(Office().services)),
    )
    shared = of_chat.keys() & of_documents.keys()
    assert of_chat
    assert of_documents
    assert [name for name in shared if of_chat[name] != of_documents[name]] == []
