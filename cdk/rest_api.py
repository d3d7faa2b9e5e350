"""The REST API: which routes exist, which of them need a key, what is checked before Lambda."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.findings import acknowledge
from cdk.gateway_deployment import KEYLESS, STAGE_NAME, deployment
from cdk.gateway_errors import add_gateway_errors
from cdk.log_retention import retention
from cdk.stages import Stage

_CHECKED = {"chat": "message", "search": "query"}


class NexusApi(Construct):
    """Two functions behind one API; all but health, readiness and reference needs a key.

    `documents` has the routes under /v1/documents, and checks the key's role itself; `handler` has
    all others.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        handler: lambda_.IFunction,
        documents: lambda_.IFunction,
    ) -> None:
        super().__init__(scope, name)
        log = logs.LogGroup(
            self, "Access", retention=retention(stage), removal_policy=RemovalPolicy.DESTROY
        )
        self.api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=f"nexus-{stage.name}",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            min_compression_size=Size.kibibytes(1),
            cloud_watch_role=True,
            cloud_watch_role_removal_policy=RemovalPolicy.RETAIN,
            default_cors_preflight_options=_preflight(stage.cors_origins),
            deploy_options=deployment(stage, log),
        )
        self._keep_error_log(stage)
        # The stack has its own output of the URL, under a name that stays.
        self.api.node.try_remove_child("Endpoint")
        add_gateway_errors(self.api, stage.cors_origins)
        self._route(_integration(handler), _integration(documents))
        self._acknowledge()

    def _keep_error_log(self, stage: Stage) -> None:
        # API Gateway would make this group itself, and keep what is in it for ever.
        group = logs.LogGroup(
            self,
            "Errors",
            log_group_name=f"API-Gateway-Execution-Logs_{self.api.rest_api_id}/{STAGE_NAME}",
            retention=retention(stage),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.api.deployment_stage.node.add_dependency(group)

    def _route(
        self, function: apigateway.LambdaIntegration, management: apigateway.LambdaIntegration
    ) -> None:
        for path in KEYLESS:
            self.api.root.resource_for_path(path).add_method(
                "GET", function, api_key_required=False
            )
        version = self.api.root.add_resource("v1")
        validator = self.api.add_request_validator("Bodies", validate_request_body=True)
        for path, field in _CHECKED.items():
            version.add_resource(path).add_method(
                "POST",
                function,
                api_key_required=True,
                request_validator=validator,
                request_models={"application/json": self._model(path, field)},
            )
        conversation = version.add_resource("conversations").add_resource("{id}")
        for method in ("GET", "DELETE"):
            conversation.add_method(method, function, api_key_required=True)
        documents = version.add_resource("documents")
        for resource in (documents, documents.add_resource("{proxy+}")):
            resource.add_method("ANY", management, api_key_required=True)
        # Paths that only the application knows, and its own answer to those that nobody knows.
        for parent in (version, self.api.root):
            parent.add_resource("{proxy+}").add_method("ANY", function, api_key_required=True)

    def _model(self, name: str, field: str) -> apigateway.Model:
        # Looser than the application, which names the field at fault: this only keeps away bodies
        # that are no JSON object at all, or lack the one field that every request has.
        kinds = apigateway.JsonSchemaType
        return self.api.add_model(
            f"{name.capitalize()}Body",
            model_name=f"{name.capitalize()}Body",
            content_type="application/json",
            schema=apigateway.JsonSchema(
                schema=apigateway.JsonSchemaVersion.DRAFT4,
                type=kinds.OBJECT,
                required=[field],
                properties={field: apigateway.JsonSchema(type=kinds.STRING)},
            ),
        )

    def _acknowledge(self) -> None:
        keys = "Clients are machines with API keys; the function derives the tenant from the key."
        open_routes = "Health, readiness, reference and CORS preflights are public by design."
        for method in self.api.methods:
            why = keys if "v1" in method.node.path or "proxy+" in method.node.path else open_routes
            acknowledge(method, "APIG4", why)
            acknowledge(method, "COG4", why)
        acknowledge(
            self.api,
            "APIG2",
            "Chat and search bodies have a validator; the other routes have no body, or one that "
            "the application validates.",
        )
        acknowledge(
            self.api,
            "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
            "AmazonAPIGatewayPushToCloudWatchLogs]",
            "API Gateway asks for exactly this policy to write any API's logs in the account.",
        )
        acknowledge(
            self.api.deployment_stage,
            "APIG3",
            "A web ACL costs 5 dollars a month while idle; keys, throttles and quotas come first. "
            "Attach one to the stage where an organisation has it.",
        )


def _integration(function: lambda_.IFunction) -> apigateway.LambdaIntegration:
    return apigateway.LambdaIntegration(function, scope_permission_to_method=False)


def _preflight(origins: tuple[str, ...]) -> apigateway.CorsOptions | None:
    if not origins:
        return None
    return apigateway.CorsOptions(
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        allow_headers=[
            "Authorization",
            "Cache-Control",
            "Content-Type",
            "X-Api-Key",
            "X-Conversation-Id",
        ],
        max_age=Duration.hours(1),
    )
