"""The groups that there are: of the pool, of a tenant's clients, and of documents' folders."""

from __future__ import annotations

from collections.abc import Iterable

from nexus.errors import InvalidRequest
from nexus.models import EVERY_GROUP
from nexus.object_keys import compared, spelled
from nexus.ports import ClientStore, UserPool


class Groups:
    """What groups a tenant's clients and people can be given."""

    def __init__(
        self, clients: ClientStore, pool: UserPool | None, folders: Iterable[tuple[str, ...]]
    ) -> None:
        self._clients = clients
        self._pool = pool
        self._folders = tuple(folders)

    def of_people(self) -> list[str]:
        """The groups that people can be in, in alphabetical order."""
        return sorted(self._pool.groups()) if self._pool is not None else []

    def known(self, tenant: str) -> list[str]:
        """Every group, once and in alphabetical order; never the sign of all of them."""
        of_clients = (
            group
            for entry in self._clients.list_clients()
            if entry.principal.tenant == tenant
            for group in entry.principal.groups
        )
        of_folders = (group for groups in self._folders for group in groups)
        every = (spelled(one) for one in (*self.of_people(), *of_folders, *of_clients))
        by_name = {compared(one): one for one in reversed(list(every)) if one != EVERY_GROUP}
        return sorted(by_name.values())

    def chosen(self, tenant: str, given: Iterable[str]) -> tuple[str, ...]:
        """These groups as they are known. Raises InvalidRequest for one that there is not."""
        names = list(given)
        return _chosen(names, self.known(tenant)) if names else ()

    def chosen_for_person(self, given: Iterable[str]) -> tuple[str, ...]:
        """These groups as the pool has them. Raises InvalidRequest for one that it has not."""
        names = list(given)
        return _chosen(names, self.of_people()) if names else ()


def _chosen(given: list[str], known: list[str]) -> tuple[str, ...]:
    by_name = {compared(one): one for one in known}
    if any(compared(one) not in by_name for one in given):
        # Its name is not repeated: what is wrong may be anything.
        raise InvalidRequest(
            f"A group is not one of those that there are ({', '.join(known) or 'none'}): an "
            "operator adds one to the stage's sign_in_groups or folder_groups.",
            "groups",
        )
    return tuple(dict.fromkeys(by_name[compared(one)] for one in given))
