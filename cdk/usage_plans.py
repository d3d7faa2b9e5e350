"""The plans that API keys are put on; the keys of clients are made by `nexus keys`."""

from __future__ import annotations

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from cdk.stages import Stage


def people_key(scope: Construct, stage: Stage) -> apigateway.CfnApiKey:
    """The API key that the authorizer lends to people: nobody is given its value.

    API Gateway makes it; a plan has to be told by a key, whoever the authorizer says calls.
    """
    return apigateway.CfnApiKey(
        scope,
        "PeopleKey",
        name=f"nexus-{stage.name}-people",
        description="Carries the requests of all who sign in.",
        enabled=True,
    )


class UsagePlans(Construct):
    """`standard` for users, `admin` for operators, `people` for all who sign in together.

    A rate, a burst and a daily quota each.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        api: apigateway.RestApi,
        people_key: apigateway.CfnApiKey,
    ) -> None:
        super().__init__(scope, name)
        self._api = api
        self._prefix = f"nexus-{stage.name}"
        self.standard = self._plan(
            "standard", stage.standard_rate, stage.standard_burst, stage.standard_quota
        )
        self.admin = self._plan("admin", stage.admin_rate, stage.admin_burst, stage.admin_quota)
        self.people = self._plan(
            "people", stage.people_rate, stage.people_burst, stage.people_quota
        )
        apigateway.CfnUsagePlanKey(
            self,
            "PeopleKey",
            key_id=people_key.ref,
            key_type="API_KEY",
            usage_plan_id=self.people.usage_plan_id,
        )

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
