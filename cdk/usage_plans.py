"""The plans that API keys are put on; the keys themselves are made by `nexus keys`."""

from __future__ import annotations

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from cdk.stages import Stage


class UsagePlans(Construct):
    """`standard` for users, `admin` for operators: a rate, a burst and a daily quota each."""

    def __init__(
        self, scope: Construct, name: str, *, stage: Stage, api: apigateway.RestApi
    ) -> None:
        super().__init__(scope, name)
        self._api = api
        self._prefix = f"nexus-{stage.name}"
        self.standard = self._plan(
            "standard", stage.standard_rate, stage.standard_burst, stage.standard_quota
        )
        self.admin = self._plan("admin", stage.admin_rate, stage.admin_burst, stage.admin_quota)

    def _plan(self, name: str, rate: float, burst: int, quota: int) -> apigateway.UsagePlan:
        return apigateway.UsagePlan(
            self,
            name,
            name=f"{self._prefix}-{name}",
            throttle=apigateway.ThrottleSettings(rate_limit=rate, burst_limit=burst),
            quota=apigateway.QuotaSettings(limit=quota, period=apigateway.Period.DAY),
            api_stages=[
                apigateway.UsagePlanPerApiStage(api=self._api, stage=self._api.deployment_stage)
            ],
        )
