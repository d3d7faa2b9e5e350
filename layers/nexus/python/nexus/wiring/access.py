"""What makes and removes keys and people: the same for the access function and the terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import cache
from typing import Any

from nexus.bounded import CarryingExecutor, bounded
from nexus.deferred import deferred
from nexus.ports import ClientStore, EndedSignIns, Ledger, ManagedKeys, RequestClaims, UserPool
from nexus.services import AccessServices
from nexus.settings import Settings
from nexus.wiring.aws_clients import ClientFactory, aws_clients
from nexus.wiring.parts import secrets_of
from nexus.wiring.question_log import ledger_of
from nexus.wiring.tracing import begin_tracing

# Each is a part of the time that a request has, so that what hangs leaves room to say so.
TABLES_S = 4.0
CONTROL_PLANE_S = 8.0
# Where the role that people have is read from in their tokens, if it is from the pool's groups.
GROUPS_CLAIM = "cognito:groups"
TENANT_ATTRIBUTE = "custom:tenant"


def access_services(settings: Settings, aws: ClientFactory | None = None) -> AccessServices:
    """The services of the access function."""
    aws = aws or aws_clients
    begin_tracing(settings, secrets_of(aws))
    return access_over(settings, aws)


def access_over(
    settings: Settings, aws: ClientFactory, plans: Mapping[str, str] | None = None
) -> AccessServices:
    """The services over AWS; `plans` are the usage plans' ids where they are known already."""
    from nexus.adapters.dynamodb.clients import DynamoClients
    from nexus.adapters.dynamodb.ended_sign_ins import DynamoEndedSignIns
    from nexus.adapters.dynamodb.request_claims import DynamoRequestClaims

    executor, stage = CarryingExecutor(), settings.stage

    def stage_keys() -> ManagedKeys:
        from nexus.adapters.aws.managed_keys import StageKeys, plans_by_name

        gateway: Any = aws("apigateway")
        found = cache(lambda: plans if plans is not None else plans_by_name(gateway, stage))
        return StageKeys(gateway, stage, found, gateway.meta.partition)

    dynamodb = aws("dynamodb")
    claims = DynamoRequestClaims(dynamodb, settings.cache_table, settings.conversations_table)
    ended = DynamoEndedSignIns(dynamodb, settings.clients_table)
    ledger = ledger_of(aws, settings)
    return composed(
        settings,
        clients=bounded(
            DynamoClients(dynamodb, settings.clients_table), "clients", TABLES_S, executor
        ),
        gateway=bounded(deferred(stage_keys), "gateway", CONTROL_PLANE_S, executor),
        pool=_pool(settings, aws, executor),
        claims=bounded(claims, "cache", TABLES_S, executor),
        ended=bounded(ended, "clients", TABLES_S, executor),
        ledger=bounded(ledger, "insights", TABLES_S, executor) if ledger else None,
    )


def composed(
    settings: Settings,
    *,
    clients: ClientStore,
    gateway: ManagedKeys,
    pool: UserPool | None,
    claims: RequestClaims,
    ended: EndedSignIns,
    ledger: Ledger | None = None,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> AccessServices:
    """The services over these adapters."""
    from nexus.access.administrators import Administrators
    from nexus.access.attaching import Attaching
    from nexus.access.entering import Entering
    from nexus.access.groups import Groups
    from nexus.access.keys import Keys
    from nexus.access.people import PeopleOfTenant
    from nexus.access.repeating import Repeatable
    from nexus.access.turns import Turns

    everybody = settings.oidc_tenant
    by_groups = settings.oidc_role_claim == GROUPS_CLAIM
    administrators = Administrators(
        clients, pool, settings.oidc_admins if by_groups else (), everybody, now
    )
    turns = Turns(claims, sleep)
    folders = (groups for _, groups in settings.folder_groups)
    entering = Entering(clients, gateway, now)
    return AccessServices(
        settings=settings,
        clients=clients,
        gateway=gateway,
        keys=Keys(clients, entering, turns, administrators, now),
        entering=entering,
        attaching=Attaching(clients, gateway, now),
        people=PeopleOfTenant(pool, turns, administrators, ended, everybody, now),
        groups=Groups(clients, pool, folders),
        repeatable=Repeatable(claims, sleep),
        ledger=ledger,
        now=now,
    )


def _pool(settings: Settings, aws: ClientFactory, executor: Executor) -> UserPool | None:
    from nexus.adapters.aws.user_pool import CognitoPool

    if not settings.user_pool:
        return None
    claim = settings.oidc_tenant_claim
    attribute = claim if claim.startswith("custom:") else TENANT_ATTRIBUTE
    made: UserPool = deferred(
        lambda: CognitoPool(aws("cognito-idp"), settings.user_pool, attribute)
    )
    return bounded(made, "sign-in", CONTROL_PLANE_S, executor)
