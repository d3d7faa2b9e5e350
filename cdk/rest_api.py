"""The REST API in front of the functions' routes: callers, and what is checked before Lambda."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.findings import acknowledge
from cdk.functions.lambda_function import LambdaFunction
from cdk.functions.routes import Route
from cdk.gateway_deployment import STAGE_NAME, deployment
from cdk.gateway_errors import add_gateway_errors
from cdk.log_retention import retention
from cdk.stages import Stage

# As they stand in a request's Content-Type, or first in its Accept.
BINARY = ("multipart/form-data", "audio/*")


class NexusApi(Construct):
    """All functions that declare routes behind one API; a route needs a caller, or says not."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        functions: Sequence[LambdaFunction],
        authorizer: LambdaFunction,
        access_log: logs.ILogGroup,
        origins: tuple[str, ...],
    ) -> None:
        super().__init__(scope, name)
        keyless = [
            route for function in functions for route in function.routes if not route.needs_key
        ]
        self.api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=f"nexus-{stage.name}",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            # Recordings, and answers that are sound: to all else a body is text.
            binary_media_types=list(BINARY),
            min_compression_size=Size.kibibytes(1),
            # The role that lets API Gateway write logs is the account's, of all its APIs: a stack
            # that sets it takes it from the others. `nexus gateway-logs` sets it where none is.
            cloud_watch_role=False,
            # A caller's usage plan is that of the key which the authorizer names.
            api_key_source_type=apigateway.ApiKeySourceType.AUTHORIZER,
            default_cors_preflight_options=_preflight(origins),
            deploy_options=deployment(stage, access_log, keyless),
        )
        self._keep_error_log(stage)
        # The stack has its own output of the URL, under a name that stays.
        self.api.node.try_remove_child("Endpoint")
        # Not cached by the gateway: that would ask for both of x-api-key and Authorization. What
        # the authorizer knows of a caller, it remembers for a minute itself.
        self._authorizer = apigateway.RequestAuthorizer(
            self,
            "Authorizer",
            handler=authorizer.alias,
            identity_sources=[],
            results_cache_ttl=Duration.seconds(0),
        )
        add_gateway_errors(self.api, origins)
        self._route(functions)
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

    def _route(self, functions: Sequence[LambdaFunction]) -> None:
        routes: list[tuple[Route, apigateway.LambdaIntegration]] = []
        for function in functions:
            mode = apigateway.ResponseTransferMode
            called = apigateway.LambdaIntegration(
                function.alias,
                scope_permission_to_method=False,
                response_transfer_mode=mode.STREAM if function.streams else None,
            )
            routes += [(route, called) for route in function.routes]
        for route, called in routes:
            if not route.needs_key:
                self.api.root.resource_for_path(route.path).add_method(
                    route.method, called, api_key_required=False
                )
        # Before the validator, and what takes all that is left last: the deployment's logical id is
        # a hash of everything in order.
        self.api.root.resource_for_path("/v1")
        validator = self.api.add_request_validator("Bodies", validate_request_body=True)
        for route, called in sorted(routes, key=lambda each: "{proxy+}" in each[0].path):
            if route.needs_key:
                self._add_keyed(route, called, validator)

    def _add_keyed(
        self,
        route: Route,
        called: apigateway.LambdaIntegration,
        validator: apigateway.RequestValidator,
    ) -> None:
        resource = self.api.root.resource_for_path(route.path)
        body = {"application/json": self._model(route)} if route.requires else None
        for each in (resource, resource.add_resource("{proxy+}")) if route.below else (resource,):
            each.add_method(
                route.method,
                called,
                api_key_required=True,
                authorizer=self._authorizer,
                authorization_type=apigateway.AuthorizationType.CUSTOM,
                request_validator=validator if body else None,
                request_models=body,
            )

    def _model(self, route: Route) -> apigateway.Model:
        # Looser than the application, which names the field at fault: this only keeps away bodies
        # that are no JSON object at all, or lack the one field that every request has.
        kinds = apigateway.JsonSchemaType
        name = f"{route.path.rpartition('/')[2].capitalize()}Body"
        return self.api.add_model(
            name,
            model_name=name,
            content_type="application/json",
            schema=apigateway.JsonSchema(
                schema=apigateway.JsonSchemaVersion.DRAFT4,
                type=kinds.OBJECT,
                required=[route.requires],
                properties={route.requires: apigateway.JsonSchema(type=kinds.STRING)},
            ),
        )

    def _acknowledge(self) -> None:
        asked = "The authorizer decides, for Cognito's tokens as for API keys and other providers."
        open_routes = "Health, readiness, reference and CORS preflights are public by design."
        for method in self.api.methods:
            is_open = "v1" not in method.node.path and "proxy+" not in method.node.path
            if is_open or method.http_method == "OPTIONS":
                acknowledge(method, "APIG4", open_routes)
            acknowledge(method, "COG4", open_routes if is_open else asked)
        acknowledge(
            self.api,
            "APIG2",
            "Chat and search bodies have a validator; the other routes have no body, or one that "
            "the application validates.",
        )
        acknowledge(
            self.api.deployment_stage,
            "APIG3",
            "A web ACL costs 5 dollars a month while idle; keys, throttles and quotas come first. "
            "Attach one to the stage where an organisation has it.",
        )


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
            "Idempotency-Key",
            "X-Api-Key",
            "X-Conversation-Id",
        ],
        max_age=Duration.hours(1),
    )
