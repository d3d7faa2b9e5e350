"""What stands before the functions' APIs in tests: the real authorizer, and a gateway's manners.

It does what API Gateway does with the authorizer's answer: a denied request never arrives, and who
calls is told in the event's `requestContext.authorizer` alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.responses import JSONResponse

from functions.access.app import create_app as create_access
from functions.audio.app import create_app as create_audio
from functions.authorizer.deciding import decision
from functions.chat.app import create_app as create_chat
from functions.documents.app import create_app as create_documents
from nexus.clients import Authenticator
from nexus.ports import ClientStore
from nexus.services import (
    AccessServices,
    AudioServices,
    AuthorizerServices,
    ChatServices,
    DocumentsServices,
)
from nexus.sign_in.people import People

PEOPLE_KEY = "the-value-of-the-key-of-all-people"


@dataclass(frozen=True, kw_only=True)
class ChatBehindGateway(ChatServices):
    """The chat function's services, and what the authorizer before it knows."""

    clients: ClientStore
    people: People | None = None
    wall_clock: Callable[[], float] = time.time


@dataclass(frozen=True, kw_only=True)
class DocumentsBehindGateway(DocumentsServices):
    """The documents function's services, and the keys that the authorizer before it knows."""

    clients: ClientStore


class Gateway:
    """An API behind the authorizer."""

    def __init__(
        self,
        app: FastAPI,
        clients: ClientStore,
        people: People | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.app = app
        self._services = AuthorizerServices(
            Authenticator(clients, wall_clock), people, lambda: PEOPLE_KEY, lambda: None
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
            said = decision({"headers": headers, "methodArn": "arn:any"}, self._services)
            context = said["context"]
            if said["policyDocument"]["Statement"][0]["Effect"] == "Deny":
                await JSONResponse({"status": 401, **context}, 401)(scope, receive, send)
                return
            event = scope.get("aws.event", {})
            told = {**event.get("requestContext", {}), "authorizer": context}
            scope = {**scope, "aws.event": {**event, "requestContext": told}}
        await self.app(scope, receive, send)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.app, name)


def chat_app(services: ChatBehindGateway, now: Callable[[], float] = time.monotonic) -> Any:
    """The chat API as its callers see it."""
    app = create_chat(services, now)
    return Gateway(app, services.clients, services.people, services.wall_clock)


def audio_app(services: AudioServices, clients: ClientStore) -> Any:
    """The audio API as its callers see it."""
    return Gateway(create_audio(services), clients)


def documents_app(services: DocumentsBehindGateway) -> Any:
    """The documents API as its callers see it."""
    return Gateway(create_documents(services), services.clients)


def access_app(services: AccessServices, people: People | None = None) -> Any:
    """The API of keys and people as its callers see it."""
    return Gateway(create_access(services), services.clients, people)
