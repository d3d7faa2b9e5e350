"""The authorizer: asked by API Gateway who calls, before every request that needs a caller."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk.data_stack import DataStack
from cdk.functions.lambda_function import LambdaFunction
from cdk.functions.layers import Layers
from cdk.functions.rights import allow
from cdk.functions.variables import common
from cdk.sign_in import REFRESH_DAYS, issuer
from cdk.sign_in_names import hosted_pages
from cdk.stages import AUTHORIZER, Stage

# Below what the gateway waits for, which is all of an answer's time; the provider has 3 s of it.
_TIMEOUT_S = 10


def add(
    scope: Construct,
    stage: Stage,
    data: DataStack,
    layers: Layers,
    people_key: apigateway.CfnApiKey,
) -> LambdaFunction:
    """Adds the function to a stack; `people_key` carries the requests of all who sign in."""
    authorizer = LambdaFunction(
        scope,
        AUTHORIZER,
        stage=stage,
        log_group=data.logs[AUTHORIZER],
        memory_mb=stage.authorizer_memory_mb,
        timeout_s=_TIMEOUT_S,
        layers=layers.lean("sign_in"),
        environment={**environment(stage, data), "NEXUS_PEOPLE_KEY_ID": people_key.ref},
    )
    _grant(authorizer.role, data, people_key)
    return authorizer


def environment(stage: Stage, data: DataStack) -> dict[str, str]:
    """What deciding who calls reads."""
    return {
        **common(stage, AUTHORIZER),
        "NEXUS_CLIENTS_TABLE": data.tables.clients.table_name,
        **provider(stage, data),
    }


def provider(stage: Stage, data: DataStack) -> dict[str, str]:
    """Where people sign in: the stage's pool, or a provider of the organisation's own."""
    if stage.sign_in == "none":
        return {}
    if stage.sign_in == "oidc":
        return {
            "NEXUS_OIDC_ISSUER": stage.oidc_issuer,
            "NEXUS_OIDC_KEYS_URL": stage.oidc_keys_url,
            "NEXUS_OIDC_AUDIENCES": ",".join(stage.oidc_audiences),
            "NEXUS_OIDC_REVOCATION_URL": stage.oidc_revocation_url,
        }
    pool = data.sign_in.pool
    named = issuer(data, pool)
    keys, hosted = named, hosted_pages(stage, data.region)
    if stage.sign_in_url:  # the tokens name AWS's address all the same
        keys = f"{stage.sign_in_url}/{pool.user_pool_id}"
    return {
        "NEXUS_OIDC_ISSUER": named,
        "NEXUS_OIDC_KEYS_URL": f"{keys}/.well-known/jwks.json",
        "NEXUS_OIDC_AUDIENCES": data.sign_in.client.user_pool_client_id,
        "NEXUS_OIDC_REVOCATION_URL": f"{hosted}/oauth2/revoke" if hosted else "",
        "NEXUS_OIDC_SESSION_DAYS": str(REFRESH_DAYS),
    }


def _grant(role: iam.Role, data: DataStack, people_key: apigateway.CfnApiKey) -> None:
    """A client or an ended sign-in to look up, and the value of the one key of people."""
    allow(role, "dynamodb", ("GetItem",), data.tables.clients.table_arn)
    stack = Stack.of(role)
    key = f"arn:{stack.partition}:apigateway:{stack.region}::/apikeys/{people_key.ref}"
    role.add_to_policy(iam.PolicyStatement(actions=["apigateway:GET"], resources=[key]))
