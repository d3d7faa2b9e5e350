"""The access function: API keys, and the people of the stage's own pool, for administrators.

A function of its own: what may make keys and people reads nobody's documents, and what reads
documents makes no keys.
"""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk.data_stack import DataStack
from cdk.findings import acknowledge
from cdk.functions.lambda_function import LambdaFunction
from cdk.functions.layers import Layers
from cdk.functions.reindex import STAGE_TAG
from cdk.functions.rights import allow
from cdk.functions.routes import Route
from cdk.functions.variables import common
from cdk.stages import ACCESS, Stage

# The function checks the caller's role itself.
_ROUTES = (
    Route("ANY", "/v1/clients", below=True),
    Route("ANY", "/v1/people", below=True),
    Route("GET", "/v1/groups"),
)
_MEMORY_MB = 512
_TIMEOUT_S = 29
# An entry is named by 64 hex digits; an ended sign-in, which is beside it, by more.
_KEY_HASH = "?" * 64
# What the core asks of the pool (nexus/adapters/aws/user_pool.py).
_PEOPLE = (
    *("AdminGetUser", "AdminListGroupsForUser", "ListUsers", "ListGroups", "ListUsersInGroup"),
    *("AdminCreateUser", "AdminUpdateUserAttributes", "AdminDeleteUser"),
    *("AdminAddUserToGroup", "AdminRemoveUserFromGroup"),
    *("AdminEnableUser", "AdminDisableUser", "AdminUserGlobalSignOut"),
)


def add(scope: Construct, stage: Stage, data: DataStack, layers: Layers) -> LambdaFunction:
    """Adds the function to a stack; `allow_plans` gives it the usage plans, once there are any."""
    access = LambdaFunction(
        scope,
        ACCESS,
        stage=stage,
        log_group=data.logs[ACCESS],
        memory_mb=_MEMORY_MB,
        timeout_s=_TIMEOUT_S,
        layers=layers.of("api"),
        environment=environment(stage, data),
        routes=_ROUTES,
        # Administrators are few: a tenth of them would judge no version.
        at_once=True,
    )
    _grant(access.role, data)
    _allow_keys(access.role, stage)
    if stage.sign_in == "cognito":
        allow(access.role, "cognito-idp", _PEOPLE, data.sign_in.pool.user_pool_arn)
    return access


def environment(stage: Stage, data: DataStack) -> dict[str, str]:
    """What managing keys and people reads."""
    return {
        **common(stage, ACCESS),
        "NEXUS_CLIENTS_TABLE": data.tables.clients.table_name,
        "NEXUS_CACHE_TABLE": data.tables.cache.table_name,
        "NEXUS_INSIGHTS_TABLE": data.tables.insights.table_name,
        "NEXUS_CORS_ORIGINS": ",".join(data.origins(stage)),
        **_pool(stage, data),
    }


def _pool(stage: Stage, data: DataStack) -> dict[str, str]:
    if stage.sign_in != "cognito":
        return {}
    return {"NEXUS_USER_POOL": data.sign_in.pool.user_pool_id}


def _grant(role: iam.Role, data: DataStack) -> None:
    """The clients' entries; people whose sign-ins ended; claims on requests; what was spent."""
    tables = data.tables
    allow(role, "dynamodb", ("Scan",), tables.clients.table_arn)
    _allow_items(role, ("PutItem", "UpdateItem", "DeleteItem"), tables.clients.table_arn, _KEY_HASH)
    _allow_items(role, ("PutItem",), tables.clients.table_arn, "sign-in#person#*")
    _allow_items(role, ("GetItem", "PutItem", "DeleteItem"), tables.cache.table_arn, "request#*")
    _allow_items(role, ("Query",), tables.insights.table_arn, "budget#*")


def _allow_items(role: iam.Role, actions: tuple[str, ...], table: str, keys: str) -> None:
    role.add_to_policy(
        iam.PolicyStatement(
            actions=[f"dynamodb:{action}" for action in actions],
            resources=[table],
            conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [keys]}},
        )
    )


def _allow_keys(role: iam.Role, stage: Stage) -> None:
    """Keys to make with the stage's tag, and those that have it to read and delete.

    Looking for keys by their names is a right on all of the account's: API Gateway knows no
    condition for it. It finds what an earlier try left, and is asked for no key's value.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
    """
    place = _place(role)
    with_tag = {"StringEquals": {f"aws:ResourceTag/{STAGE_TAG}": stage.name}}
    given_tag = {"StringEquals": {f"aws:RequestTag/{STAGE_TAG}": stage.name}}
    _allow(role, ("GET",), f"{place}::/apikeys")
    _allow(role, ("POST",), f"{place}::/apikeys", given_tag)
    _allow(role, ("GET", "DELETE"), f"{place}::/apikeys/*", with_tag)
    # What a key is made with is tagged by this, too; one that is there could be only with PATCH.
    tags = f"{place}::/tags/{place.replace(':', '%3A')}%3A%3A%2Fapikeys%2F*"
    _allow(role, ("PUT",), tags, given_tag)
    # Of the plans, names and ids: whose keys are on them stands in none.
    _allow(role, ("GET",), f"{place}::/usageplans")
    shown = _shown(stage)
    acknowledge(
        role,
        f"IAM5[Resource::{shown}::/apikeys/*]",
        "Only keys that bear the stage's tag: their ids are known once they are made.",
    )
    acknowledge(
        role,
        f"IAM5[Resource::{shown}::/tags/arn%3A<AWS::Partition>%3Aapigateway%3A"
        f"{stage.region or '<AWS::Region>'}%3A%3A%2Fapikeys%2F*]",
        "Only with the stage's tag, for keys that are just made.",
    )


def allow_plans(
    scope: Construct,
    stage: Stage,
    access: LambdaFunction,
    plans: tuple[apigateway.UsagePlan, ...],
) -> None:
    """Lets the function put keys on these plans and take them off, and on no other.

    A policy beside the role's own: the plans wait for the API, that for its functions, and these
    for what their roles hold.
    """
    place = _place(scope)
    keys = [f"{place}::/usageplans/{plan.usage_plan_id}/keys" for plan in plans]
    policy = iam.CfnPolicy(
        scope,
        "AccessPlans",
        policy_name=f"nexus-{stage.name}-access-plans",
        roles=[access.role.role_name],
        policy_document=iam.PolicyDocument(
            statements=[
                iam.PolicyStatement(actions=["apigateway:POST"], resources=keys),
                iam.PolicyStatement(
                    actions=["apigateway:DELETE"], resources=[f"{key}/*" for key in keys]
                ),
            ]
        ),
    )
    for plan in plans:
        named = Stack.of(scope).resolve(plan.usage_plan_id)["Ref"]
        acknowledge(
            policy,
            f"IAM5[Resource::{_shown(stage)}::/usageplans/<{named}>/keys/*]",
            "Which keys are on this plan is what the function is there to change.",
        )


def _allow(
    role: iam.Role,
    methods: tuple[str, ...],
    resource: str,
    conditions: dict[str, dict[str, str]] | None = None,
) -> None:
    role.add_to_policy(
        iam.PolicyStatement(
            actions=[f"apigateway:{method}" for method in methods],
            resources=[resource],
            conditions=conditions,
        )
    )


def _shown(stage: Stage) -> str:
    """The same as cdk-nag shows it."""
    return f"arn:<AWS::Partition>:apigateway:{stage.region or '<AWS::Region>'}"


def _place(scope: Construct) -> str:
    stack = Stack.of(scope)
    return f"arn:{stack.partition}:apigateway:{stack.region}"
