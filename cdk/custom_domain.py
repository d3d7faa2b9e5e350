"""The API's own domain, which stays when the API behind it is made anew."""

from __future__ import annotations

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from constructs import Construct

from cdk.failover_names import checked_address
from cdk.stages import Stage

# Route 53 asks from each of these, the fewest that it takes; elsewhere its questions are paid for
# and answered just the same.
ASKED_FROM = ("us-east-1", "eu-west-1", "ap-southeast-1")


class CustomDomain(Construct):
    """A regional domain with a certificate of ACM; where the stage says so, Route 53 points to it.

    It belongs into the stack that stays. Whoever calls the API by this name does not notice that
    the service stack was destroyed and deployed again, but for the time between. Two stages of two
    regions may share a name: Route 53 then points to the one that their `failover` says.
    """

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name)
        domain = apigateway.DomainName(
            self,
            "Name",
            domain_name=stage.domain_name,
            certificate=acm.Certificate.from_certificate_arn(
                self, "Certificate", stage.certificate_arn
            ),
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
        )
        self.target = domain.domain_name_alias_domain_name
        """What the domain's CNAME or alias record has to point to."""
        if stage.hosted_zone:
            checked = self._health_check(stage) if stage.failover_check else None
            route53.CfnRecordSet(
                self,
                "Record",
                name=stage.domain_name,
                type="A",
                hosted_zone_id=stage.hosted_zone,
                alias_target=route53.CfnRecordSet.AliasTargetProperty(
                    dns_name=domain.domain_name_alias_domain_name,
                    hosted_zone_id=domain.domain_name_alias_hosted_zone_id,
                ),
                failover=stage.failover.upper() or None,
                set_identifier=stage.name if stage.failover else None,
                health_check_id=checked.attr_health_check_id if checked else None,
            )

    def _health_check(self, stage: Stage) -> route53.CfnHealthCheck:
        """Unhealthy after three failures in a row, half a minute apart: a 5xx, or no answer."""
        address = checked_address(stage.failover_check)
        if address is None:
            raise ValueError("failover_check is no URL that Route 53 can ask")
        return route53.CfnHealthCheck(
            self,
            "HealthCheck",
            health_check_config=route53.CfnHealthCheck.HealthCheckConfigProperty(
                type="HTTPS",
                fully_qualified_domain_name=address[0],
                resource_path=address[1],
                port=443,
                enable_sni=True,
                request_interval=30,
                failure_threshold=3,
                regions=list(ASKED_FROM),
            ),
        )


def map_domain(scope: Construct, stage: Stage, api: apigateway.RestApi) -> None:
    """Lets the stage's domain call this API, at its root.

    The domain is referred to by its name, which the configuration holds: a reference to the other
    stack would keep the domain from being changed.
    """
    apigateway.CfnBasePathMapping(
        scope,
        "DomainMapping",
        domain_name=stage.domain_name,
        rest_api_id=api.rest_api_id,
        stage=api.deployment_stage.stage_name,
    )
