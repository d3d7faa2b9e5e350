"""The keys of API Gateway, which refuses every other key before a function runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate

if TYPE_CHECKING:
    from mypy_boto3_apigateway.client import APIGatewayClient


class ApiGatewayKeys:
    """A GatewayKeys at API Gateway."""

    def __init__(self, client: APIGatewayClient) -> None:
        self._client = client

    def value(self, gateway_key_id: str) -> str:
        """A key itself, by API Gateway's id of it. Raises UpstreamRefused if it is gone."""
        with translate("gateway"):
            found = self._client.get_api_key(apiKey=gateway_key_id, includeValue=True)
        return str(found["value"])

    def remove(self, gateway_key_id: str) -> None:
        """Deletes a key by API Gateway's id; one that is gone is ignored."""
        with translate("gateway"):
            try:
                self._client.delete_api_key(apiKey=gateway_key_id)
            except self._client.exceptions.NotFoundException:
                return
