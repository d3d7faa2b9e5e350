"""The keys of one stage at API Gateway, and which of the stage's usage plans they are on.

A key's tags say whose it is: the stage, without which nobody but an operator may delete it
(cdk/functions/access.py, cdk/functions/reindex.py), the client's digest, as two clients' names may
read alike once they are joined to the key's, and the request that it was made for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nexus.adapters.aws.errors import translate
from nexus.errors import UpstreamRefused, UpstreamUnavailable
from nexus.ports import GatewayKey

if TYPE_CHECKING:
    from mypy_boto3_apigateway.client import APIGatewayClient

SERVICE = "gateway"
STAGE_TAG, CLIENT_TAG, REQUEST_TAG = "nexus-stage", "nexus-client", "nexus-request"
_PAGE = 500  # API Gateway's most


class StageKeys:
    """ManagedKeys at API Gateway; `plans` gives the ids of the usage plans by their names."""

    def __init__(
        self,
        client: APIGatewayClient,
        stage: str,
        plans: Callable[[], Mapping[str, str]],
        partition: str = "aws",
    ) -> None:
        self._client = client
        self._stage = stage
        self._plans = plans
        self._place = f"arn:{partition}:apigateway:{client.meta.region_name}"

    def make(self, tenant: str, client: str, key: str, request: str = "") -> str:
        """Makes a key with the tags; API Gateway does not take the same value twice."""
        tags = {STAGE_TAG: self._stage, CLIENT_TAG: _digest(tenant, client)}
        if request:
            tags[REQUEST_TAG] = request
        with translate(SERVICE):
            try:
                made = self._client.create_api_key(
                    name=self._named(tenant, client), value=key, enabled=True, tags=tags
                )
            except self._client.exceptions.ConflictException as err:
                # The SDK tried twice, and the first try had made it: the next change sweeps it.
                raise UpstreamUnavailable(SERVICE, "The key was half made; try again.") from err
        return str(made["id"])

    def of_client(self, tenant: str, client: str) -> list[GatewayKey]:
        """Those with the client's tag; one made before keys had it is not among them."""
        wanted = {STAGE_TAG: self._stage, CLIENT_TAG: _digest(tenant, client)}
        with translate(SERVICE):
            return [
                GatewayKey(str(one["id"]), one["tags"].get(REQUEST_TAG, ""))
                for one in self._all("get_api_keys", nameQuery=self._named(tenant, client))
                if wanted.items() <= (one.get("tags") or {}).items()
            ]

    def value(self, gateway_key_id: str) -> str | None:
        """A key itself, by API Gateway's id of it; None if it is gone."""
        with translate(SERVICE):
            try:
                found = self._client.get_api_key(apiKey=gateway_key_id, includeValue=True)
            except self._client.exceptions.NotFoundException:
                return None
        return str(found["value"])

    def adopt(self, gateway_key_id: str) -> None:
        """Tags a key that was made before keys had tags."""
        with translate(SERVICE):
            try:
                found = self._client.get_api_key(apiKey=gateway_key_id)
            except self._client.exceptions.NotFoundException:
                return
            if (found.get("tags") or {}).get(STAGE_TAG) != self._stage:
                self._client.tag_resource(
                    resourceArn=f"{self._place}::/apikeys/{gateway_key_id}",
                    tags={STAGE_TAG: self._stage},
                )

    def remove(self, gateway_key_id: str) -> None:
        """Deletes a key, which takes it off its plan; one that is gone is ignored."""
        with translate(SERVICE):
            try:
                self._client.delete_api_key(apiKey=gateway_key_id)
            except self._client.exceptions.NotFoundException:
                return

    def on_plan(self, plan: str) -> set[str]:
        """The ids of the keys on a plan."""
        with translate(SERVICE):
            pages = self._all("get_usage_plan_keys", usagePlanId=self._id(plan))
            return {str(one["id"]) for one in pages}

    def put_on_plan(self, plan: str, gateway_key_id: str) -> bool:
        """Puts a key on a plan; API Gateway calls one that is there already a conflict."""
        refusals = self._client.exceptions
        with translate(SERVICE):
            try:
                self._client.create_usage_plan_key(
                    usagePlanId=self._id(plan), keyId=gateway_key_id, keyType="API_KEY"
                )
            except refusals.NotFoundException:
                return False
            except refusals.ConflictException:
                return True
        return True

    def take_off_plan(self, plan: str, gateway_key_id: str) -> None:
        """Takes a key off a plan; one that is not on it is ignored."""
        with translate(SERVICE):
            try:
                self._client.delete_usage_plan_key(usagePlanId=self._id(plan), keyId=gateway_key_id)
            except self._client.exceptions.NotFoundException:
                return

    def _named(self, tenant: str, client: str) -> str:
        return f"nexus-{self._stage}-{tenant}-{client}"

    def _id(self, plan: str) -> str:
        return self._plans()[plan]

    def _all(self, operation: Any, **given: Any) -> Iterator[Any]:
        pages: Any = self._client.get_paginator(operation)
        for page in pages.paginate(**given, PaginationConfig={"PageSize": _PAGE}):
            yield from page.get("items", ())


def plans_by_name(client: APIGatewayClient, stage: str) -> dict[str, str]:
    """The ids of a stage's usage plans, by what their names end with.

    Raises UpstreamRefused while there is none, which is so until the stage is deployed.
    """
    # Their ids cannot be a function's variables: the plans wait for the API, and that for it.
    prefix, found = f"nexus-{stage}-", {}
    with translate(SERVICE):
        for page in client.get_paginator("get_usage_plans").paginate():
            for plan in page["items"]:
                if plan["name"].startswith(prefix):
                    found[plan["name"].removeprefix(prefix)] = str(plan["id"])
    if not {"standard", "admin"} <= found.keys():
        raise UpstreamRefused(SERVICE, f"Stage {stage} has no usage plans: deploy it again.")
    return found


def _digest(tenant: str, client: str) -> str:
    return hashlib.sha256(json.dumps([tenant, client]).encode()).hexdigest()[:32]
