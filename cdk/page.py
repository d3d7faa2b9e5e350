"""Where the page for people stands: a private bucket behind CloudFront, at an origin of its own.

It is the data stack's, for its address has to stay: people know it, and the pool's client, the API
and the documents bucket name it. What it holds, the service stack publishes.
"""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk import page_policy
from cdk.findings import acknowledge
from cdk.stages import Stage

# The API's address is known to the stack that comes later, so that this policy lets the page call
# any; the one in the documents themselves names what it calls, and both hold.
_ANY = ("https:",)


class Page(Construct):
    """Costs nothing while nobody looks; a stage without a page has it switched off.

    `domain` is CloudFront's name for it, `origin` the page's origin.
    """

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name)
        self._stage = stage
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            # Whatever the stage keeps: this is made anew by the next deployment.
            removal_policy=RemovalPolicy.DESTROY,
            lifecycle_rules=[
                s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(1))
            ],
        )
        self._origin = origins.S3BucketOrigin.with_origin_access_control(self.bucket)
        self._distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Nexus {stage.name}: the page",
            enabled=stage.page,
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            default_behavior=self._behaviour("index.html"),
            additional_behaviors={
                f"/{path}": self._behaviour(path)
                for path in (page_policy.EMBEDDED, page_policy.EMBEDDING)
            },
        )
        self.domain = self._distribution.distribution_domain_name
        self.origin = f"https://{self.domain}"
        self._acknowledge()

    def _behaviour(self, path: str) -> cloudfront.BehaviorOptions:
        viewers = cloudfront.ViewerProtocolPolicy
        return cloudfront.BehaviorOptions(
            origin=self._origin,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            compress=True,
            response_headers_policy=self._headers(path),
            viewer_protocol_policy=viewers.REDIRECT_TO_HTTPS,
        )

    def _headers(self, path: str) -> cloudfront.ResponseHeadersPolicy:
        said = page_policy.headers(path, _ANY, self._stage.page_embedders)
        security = cloudfront.ResponseSecurityHeadersBehavior(
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy=said.pop("Content-Security-Policy"), override=True
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            frame_options=cloudfront.ResponseHeadersFrameOptions(
                frame_option=cloudfront.HeadersFrameOption.DENY, override=True
            )
            if said.pop("X-Frame-Options", "")
            else None,
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
            ),
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                access_control_max_age=Duration.seconds(page_policy.TWO_YEARS_S), override=True
            ),
        )
        # What CloudFront has no field for.
        own = {"Cross-Origin-Resource-Policy", "Permissions-Policy"}
        return cloudfront.ResponseHeadersPolicy(
            self,
            f"Headers-{path}",
            response_headers_policy_name=f"nexus-{self._stage.name}-{path.replace('.', '-')}",
            security_headers_behavior=security,
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header=name, value=said[name], override=True)
                    for name in sorted(own)
                ]
            ),
        )

    def _acknowledge(self) -> None:
        acknowledge(
            self.bucket,
            "S1",
            "It holds what everybody may load; server access logs would need a further bucket "
            "that grows without bound.",
        )
        everywhere = "People of an organisation may be anywhere; what they may see, the API says."
        acknowledge(self._distribution, "CFR1", everywhere)
        acknowledge(
            self._distribution,
            "CFR2",
            "A web ACL costs 5 dollars a month while idle, and these are static files.",
        )
        acknowledge(
            self._distribution,
            "CFR3",
            "The API's access log tells what was asked; the page's would tell who loaded a file.",
        )
        acknowledge(
            self._distribution,
            "CFR4",
            "CloudFront's own certificate takes old TLS, too; browsers speak 1.2 and 1.3.",
        )
