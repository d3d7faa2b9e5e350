"""What the authorizer works with: the API keys' entries, and where people sign in, their tokens."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from nexus.services import AuthorizerServices
from nexus.settings import Settings
from nexus.wiring.aws_clients import ClientFactory, aws_clients

if TYPE_CHECKING:
    from nexus.sign_in.people import People


def authorizer_services(settings: Settings, aws: ClientFactory | None = None) -> AuthorizerServices:
    """The services of the authorizer; what only tokens need is loaded when one comes."""
    from nexus.adapters.dynamodb.clients import DynamoClients
    from nexus.clients import Authenticator

    aws = aws or aws_clients
    clients = DynamoClients(aws("dynamodb"), settings.clients_table)

    @cache
    def people_key() -> str:
        from nexus.adapters.aws.api_keys import ApiGatewayKeys

        return ApiGatewayKeys(aws("apigateway")).value(settings.people_key_id)

    return AuthorizerServices(
        authenticator=Authenticator(clients, remembered_s=settings.callers_remembered_s),
        people=_people(settings, aws) if settings.oidc_issuer else None,
        people_key=people_key,
        ping=clients.ping,
    )


def _people(settings: Settings, aws: ClientFactory) -> People:
    from nexus.adapters.dynamodb.ended_sign_ins import DynamoEndedSignIns
    from nexus.adapters.oidc.key_set import KeySet
    from nexus.adapters.oidc.tokens import JwtVerifier
    from nexus.sign_in.claims import ClaimNames
    from nexus.sign_in.people import People

    keys = KeySet(settings.oidc_keys_url)
    return People(
        JwtVerifier(keys, settings.oidc_issuer, settings.oidc_audiences),
        DynamoEndedSignIns(aws("dynamodb"), settings.clients_table),
        ClaimNames(
            tenant_claim=settings.oidc_tenant_claim,
            tenant=settings.oidc_tenant,
            groups_claim=settings.oidc_groups_claim,
            role_claim=settings.oidc_role_claim,
            admins=settings.oidc_admins,
            name_claim=settings.oidc_name_claim,
        ),
        remembered_s=settings.callers_remembered_s,
    )
