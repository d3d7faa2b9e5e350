"""The chat function: answers questions, and every request that is no other function's."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk.data_stack import DataStack
from cdk.functions import agents, authorizer
from cdk.functions.lambda_function import LambdaFunction
from cdk.functions.layers import Layers
from cdk.functions.rights import (
    READ,
    SEARCHING,
    allow,
    allow_first_generation,
    allow_index,
    allow_models,
    allow_secret,
    allow_secrets,
)
from cdk.functions.routes import Route
from cdk.functions.variables import common, index, models
from cdk.stages import Stage

_ROUTES = (
    Route("GET", "/", needs_key=False),
    Route("GET", "/api/health", needs_key=False),
    Route("GET", "/health", needs_key=False),
    Route("GET", "/ready", needs_key=False),
    Route("GET", "/openapi.json", needs_key=False),
    Route("GET", "/docs", needs_key=False),
    Route("GET", "/docs/{asset}", needs_key=False),
    Route("GET", "/redoc", needs_key=False),
    Route("POST", "/v1/chat", requires="message"),
    Route("POST", "/v1/search", requires="query"),
    Route("GET", "/v1/conversations"),
    Route("DELETE", "/v1/conversations"),
    Route("GET", "/v1/conversations/{id}"),
    Route("PATCH", "/v1/conversations/{id}"),
    Route("DELETE", "/v1/conversations/{id}"),
    Route("GET", "/v1/conversations/{id}/export"),
    # Paths that only the application knows, and its own answer to those that nobody knows.
    Route("ANY", "/v1/{proxy+}"),
    Route("ANY", "/{proxy+}"),
)


def add(scope: Construct, stage: Stage, data: DataStack, layers: Layers) -> LambdaFunction:
    """Adds the function to a stack."""
    chat = LambdaFunction(
        scope,
        "chat",
        stage=stage,
        log_group=data.logs["chat"],
        memory_mb=stage.chat_memory_mb,
        timeout_s=stage.chat_timeout_s,
        layers=layers.of("api"),
        environment={**environment(stage, data, "chat"), **_sign_in(stage, data)},
        routes=_ROUTES,
        reserved_concurrency=stage.chat_reserved_concurrency,
        agents=stage.agents,
    )
    grant_answering(chat.role, stage, data)
    _grant_ending_sign_ins(chat.role, data)
    _grant_listing_budgets(chat.role, data)
    return chat


def environment(stage: Stage, data: DataStack, function: str) -> dict[str, str]:
    """What answering a question reads, in a function of this name."""
    return {
        **common(stage, function),
        **models(stage, data),
        **index(stage, data),
        "NEXUS_CATALOGUE_TABLE": data.tables.catalogue.table_name,
        "NEXUS_CONVERSATIONS_TABLE": data.tables.conversations.table_name,
        "NEXUS_CLIENTS_TABLE": data.tables.clients.table_name,
        "NEXUS_CACHE_TABLE": data.tables.cache.table_name,
        "NEXUS_INSIGHTS_TABLE": data.tables.insights.table_name,
        "NEXUS_CHAT_MODEL": stage.chat_model,
        "NEXUS_CHAT_API": stage.chat_api,
        "NEXUS_VERIFIER_MODEL": stage.verifier_model,
        "NEXUS_REWRITE_MODEL": stage.rewrite_model,
        # A question is one short text, and somebody waits: a second try rather than a long one.
        "NEXUS_EMBEDDING_TIMEOUT_S": "4",
        "NEXUS_EMBEDDING_RETRIES": "1",
        "NEXUS_RERANK_URL": stage.rerank_url,
        "NEXUS_RERANK_SECRET": data.rerank_secret.secret_arn if data.rerank_secret else "",
        "NEXUS_RERANK_MODEL": stage.rerank_model,
        **agents.environment(stage),
        "NEXUS_GATE": stage.gate,
        "NEXUS_REFUSE_BELOW": f"{stage.refuse_below:g}",
        "NEXUS_CONVERSATION_TTL_H": f"{stage.conversation_ttl_h:g}",
        "NEXUS_CORS_ORIGINS": ",".join(data.origins(stage)),
    }


def _sign_in(stage: Stage, data: DataStack) -> dict[str, str]:
    """What ending a sign-in reads."""
    told = authorizer.provider(stage, data)
    names = ("NEXUS_OIDC_REVOCATION_URL", "NEXUS_OIDC_AUDIENCES", "NEXUS_OIDC_SESSION_DAYS")
    return {name: told[name] for name in names if name in told}


def _grant_ending_sign_ins(role: iam.Role, data: DataStack) -> None:
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["dynamodb:PutItem"],
            resources=[data.tables.clients.table_arn],
            # Never a key's entry: those are named by the key's hash.
            conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["sign-in#*"]}},
        )
    )


def _grant_listing_budgets(role: iam.Role, data: DataStack) -> None:
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["dynamodb:Query"],
            resources=[data.tables.insights.table_arn],
            # What a tenant's callers have spent, and nothing else of that table.
            conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["budget#*"]}},
        )
    )


def grant_answering(role: iam.Role, stage: Stage, data: DataStack) -> None:
    """Conversations and cache to read and write, and the catalogue to read.

    The clients' table is read for /health alone.
    """
    tables = data.tables
    allow(
        role,
        "dynamodb",
        ("GetItem", "Query", "UpdateItem", "BatchWriteItem"),
        tables.conversations.table_arn,
    )
    allow(role, "dynamodb", READ, tables.catalogue.table_arn)
    allow_first_generation(role, data)
    allow(role, "dynamodb", ("GetItem",), tables.clients.table_arn)
    allow(
        role,
        "dynamodb",
        ("GetItem", "BatchGetItem", "PutItem", "BatchWriteItem", "DeleteItem"),
        tables.cache.table_arn,
    )
    # Questions and ratings to write and read, and words to take out of both: not the others'.
    kept = ("GetItem", "BatchGetItem", "UpdateItem", "BatchWriteItem")
    allow(role, "dynamodb", kept, tables.insights.table_arn)
    writing = (stage.chat_model, stage.verifier_model, stage.rewrite_model)
    # An agent's own model is heard when it has written.
    read = (stage.embedding_model, stage.rerank_model, *agents.models_of(stage))
    allow_models(role, stage, data, *read, written_by=writing)
    allow_index(role, stage, data, SEARCHING)
    allow_secrets(role, data.rerank_secret)
    for secret in agents.secrets_of(stage):
        allow_secret(role, agents.arn_of(Stack.of(role), secret))
