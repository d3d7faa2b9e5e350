"""The access function's services over fakes: two tenants, their administrators and their people."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from nexus.clients import Authenticator, hash_key
from nexus.models import ApiClient, Filters, Principal, Role
from nexus.ports import Ledger
from nexus.services import AccessServices
from nexus.settings import Settings
from nexus.wiring.access import composed
from tests.fake_access import FakeManagedKeys, FakePool, Life
from tests.fakes import FakeClients, FakeClock, FakeRequestClaims
from tests.functions.gateway import access_app
from tests.people import FakeEndedSignIns

ADMIN_KEY, USER_KEY, RIVAL_KEY, NARROW_KEY = "nx_admin", "nx_user", "nx_rival", "nx_narrow"
FOLDERS = (("board/", ("Board",)),)


class Bureau:
    """Everything that the API of keys and people stands on.

    Its administrators are `boss` of acme and of rival; `guest` of acme is a user.
    """

    def __init__(self, ledger: Ledger | None = None, pool: bool = True, **settings: Any) -> None:
        self.settings = Settings(folder_groups=FOLDERS, **settings)
        self.clock = FakeClock()
        self.clients = FakeClients()
        self.gateway = FakeManagedKeys()
        self.pool = FakePool("admins", "finance", "hr") if pool else None
        self.claims = FakeRequestClaims(self.clock)
        self.ended = FakeEndedSignIns()
        self.pauses: list[float] = []
        self._ledger = ledger
        self.enter(ADMIN_KEY, "acme", "boss", "admin")
        self.enter(USER_KEY, "acme", "guest", "user", groups=("Sales",))
        self.enter(NARROW_KEY, "acme", "narrow", "admin", Filters(departments=("Finance",)))
        self.enter(RIVAL_KEY, "rival", "boss", "admin", groups=("Secret",))
        self.services = self.process()

    def enter(
        self,
        key: str,
        tenant: str,
        name: str,
        role: Role,
        filters: Filters = Filters(),  # noqa: B008
        groups: tuple[str, ...] = (),
        expires_at: int | None = None,
    ) -> ApiClient:
        """A client that an operator made before."""
        plan = "admin" if role == "admin" else "standard"
        made = self.gateway.make(tenant, name, key)
        self.gateway.put_on_plan(plan, made)
        principal = Principal(tenant, name, role, plan, filters, expires_at, groups)
        entry = ApiClient(hash_key(key), made, principal, "2025-06-01T00:00:00Z")
        self.clients.put(entry)
        return entry

    def process(self, life: Life | None = None) -> AccessServices:
        """The services as a process has them that lives so long."""
        life = life or Life()
        return composed(
            self.settings,
            clients=life.living(self.clients),
            gateway=life.living(self.gateway),
            pool=life.living(self.pool) if self.pool else None,
            claims=life.living(self.claims),
            ended=life.living(self.ended),
            ledger=self._ledger,
            now=self.clock,
            sleep=self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.advance(seconds)

    def api(self, key: str = ADMIN_KEY, services: AccessServices | None = None) -> TestClient:
        """The API as the caller with this key sees it."""
        app = access_app(services or self.services)
        return TestClient(app, headers={"x-api-key": key}, raise_server_exceptions=False)

    def works(self, key: str) -> bool:
        """Whether the gateway and the authorizer let a key through."""
        known = Authenticator(self.clients, self.clock)
        at_gateway = {value: one for one, (_, value, _) in self.gateway.held.items()}
        on_plan = set().union(*self.gateway.plans.values())
        try:
            principal = known.principal(key)
        except Exception:  # noqa: BLE001
            return False
        return at_gateway.get(key) in on_plan and principal is not None
