"""A route of the REST API, as the function that answers it declares it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, such as "GET" and "/v1/conversations/{id}".

    Only a route with `needs_key=False` is open to everyone. A body without the field `requires` is
    refused before the function runs; "" is no such check. With `below`, every path below this one
    is the route's too.
    """

    method: str
    path: str
    needs_key: bool = True
    requires: str = ""
    below: bool = False
