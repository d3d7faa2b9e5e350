"""The API's own domain, which stays when the API behind it is made anew."""

from __future__ import annotations

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from constructs import Construct

from cdk.stages import Stage


class CustomDomain(Construct):
    """A regional domain with a certificate of ACM; where the stage says so, Route 53 points to it.

    It belongs into the stack that stays. Whoever calls the API by this name does not notice that
    the service stack was destroyed and deployed again, but for the time between.
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
