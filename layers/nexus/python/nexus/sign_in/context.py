"""What the authorizer tells of who calls, through the gateway, to the functions behind it.

The gateway passes it on as `requestContext.authorizer`, in which nothing stands that a caller sent:
a few texts, of which `principal` is JSON. What is absent there is nobody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nexus.models import Budget, Filters, Principal

PRINCIPAL, NAME, SIGN_IN = "principal", "name", "sign_in"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: its rights, the name that it is shown by, and the sign-in that is its own.

    `sign_in` is the digest of a person's sign-in, and "" for an API key.
    """

    principal: Principal
    name: str
    sign_in: str = ""


def written(caller: Caller) -> dict[str, str]:
    """The caller as the gateway passes it on; in ASCII, whatever its names are."""
    values = asdict(caller.principal)
    del values["budget"]  # told where there is one: a version of before knows none
    if caller.principal.budget is not None:
        values["budget"] = caller.principal.budget.named()
    principal = json.dumps(values, separators=(",", ":"))
    name = json.dumps(caller.name)
    return {PRINCIPAL: principal, NAME: name, SIGN_IN: caller.sign_in}


def read(context: Mapping[str, object]) -> Caller | None:
    """The caller of a request's `requestContext.authorizer`; None if it names none."""
    principal = context.get(PRINCIPAL)
    if not isinstance(principal, str):
        return None
    values = json.loads(principal)
    filters = {name: _plain(value) for name, value in values.pop("filters").items()}
    values["groups"] = tuple(values["groups"])
    budget = Budget.of(values.pop("budget")) if "budget" in values else None
    return Caller(
        Principal(filters=Filters(**filters), budget=budget, **values),
        str(json.loads(str(context.get(NAME, '""')))),
        str(context.get(SIGN_IN, "")),
    )


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
