"""The variables that each function reads: `NEXUS_*` of nexus.settings, and only what it uses."""

from __future__ import annotations

from cdk.data_stack import DataStack
from cdk.stages import Stage


def common(stage: Stage, function: str) -> dict[str, str]:
    """What every function reads: which stage it is, how it logs and measures."""
    return {
        **stage.settings,
        "NEXUS_STAGE": stage.name,
        "NEXUS_LOG_LEVEL": stage.log_level,
        "POWERTOOLS_SERVICE_NAME": function,
        "POWERTOOLS_METRICS_NAMESPACE": "Nexus",
    }


def chat(stage: Stage, data: DataStack) -> dict[str, str]:
    """What answering a question reads."""
    return {
        **common(stage, "chat"),
        **_models(stage, data),
        **_index(stage, data),
        "NEXUS_CATALOGUE_TABLE": data.tables.catalogue.table_name,
        "NEXUS_CONVERSATIONS_TABLE": data.tables.conversations.table_name,
        "NEXUS_CLIENTS_TABLE": data.tables.clients.table_name,
        "NEXUS_CACHE_TABLE": data.tables.cache.table_name,
        "NEXUS_CHAT_MODEL": stage.chat_model,
        "NEXUS_CHAT_API": stage.chat_api,
        # Two tries at the question's embedding and one at the answer fit into what the gateway
        # waits, with five seconds for everything else.
        "NEXUS_EMBEDDING_TIMEOUT_S": "4",
        "NEXUS_EMBEDDING_RETRIES": "1",
        "NEXUS_MODELS_TIMEOUT_S": f"{max(1, stage.chat_timeout_s - 5 - 2 * 4)}",
        "NEXUS_RERANK_URL": stage.rerank_url,
        "NEXUS_RERANK_SECRET": data.rerank_secret.secret_arn if data.rerank_secret else "",
        "NEXUS_RERANK_MODEL": stage.rerank_model,
        "NEXUS_REFUSE_BELOW": f"{stage.refuse_below:g}",
        "NEXUS_CONVERSATION_TTL_H": f"{stage.conversation_ttl_h:g}",
        "NEXUS_CORS_ORIGINS": ",".join(stage.cors_origins),
    }


def documents(stage: Stage, data: DataStack) -> dict[str, str]:
    """What managing and erasing documents reads; the model names the generation."""
    return {
        **common(stage, "documents"),
        **_embedding(stage),
        **_index(stage, data),
        "NEXUS_DOCUMENTS_BUCKET": data.documents.bucket_name,
        "NEXUS_CATALOGUE_TABLE": data.tables.catalogue.table_name,
        "NEXUS_CONVERSATIONS_TABLE": data.tables.conversations.table_name,
        "NEXUS_CLIENTS_TABLE": data.tables.clients.table_name,
        "NEXUS_CACHE_TABLE": data.tables.cache.table_name,
        "NEXUS_INGEST_QUEUE_URL": data.ingest.queue.queue_url,
        "NEXUS_CORS_ORIGINS": ",".join(stage.cors_origins),
    }


def ingest(stage: Stage, data: DataStack) -> dict[str, str]:
    """What indexing a document reads."""
    return {
        **common(stage, "ingest"),
        **_models(stage, data),
        **_index(stage, data),
        "NEXUS_DOCUMENTS_BUCKET": data.documents.bucket_name,
        "NEXUS_CATALOGUE_TABLE": data.tables.catalogue.table_name,
        "NEXUS_INGEST_QUEUE_URL": data.ingest.queue.queue_url,
    }


def reindex(stage: Stage, data: DataStack, itself: str) -> dict[str, str]:
    """What comparing bucket, catalogue and index reads; the model names the generation."""
    return {
        **common(stage, "reindex"),
        **_embedding(stage),
        **_index(stage, data),
        "NEXUS_DOCUMENTS_BUCKET": data.documents.bucket_name,
        "NEXUS_CATALOGUE_TABLE": data.tables.catalogue.table_name,
        "NEXUS_INGEST_QUEUE_URL": data.ingest.queue.queue_url,
        "NEXUS_REINDEX_FUNCTION": itself,
    }


def backup(stage: Stage, data: DataStack, itself: str) -> dict[str, str]:
    """What copying the index reads; the model names the generation."""
    return {
        **common(stage, "backup"),
        **_embedding(stage),
        **_index(stage, data),
        "NEXUS_CATALOGUE_TABLE": data.tables.catalogue.table_name,
        "NEXUS_BACKUPS_BUCKET": data.backups.bucket_name,
        "NEXUS_BACKUP_FUNCTION": itself,
    }


def _embedding(stage: Stage) -> dict[str, str]:
    return {
        "NEXUS_EMBEDDING_MODEL": stage.embedding_model,
        "NEXUS_EMBEDDING_DIMENSION": str(stage.embedding_dimension),
    }


def _models(stage: Stage, data: DataStack) -> dict[str, str]:
    return {
        **_embedding(stage),
        "NEXUS_MODELS_URL": stage.models_url,
        "NEXUS_MODELS_SECRET": data.models_secret.secret_arn,
    }


def _index(stage: Stage, data: DataStack) -> dict[str, str]:
    if data.pinecone_secret is None:
        return {"NEXUS_VECTOR_INDEX": "sqlite", "NEXUS_SQLITE_PATH": stage.sqlite_path}
    return {
        "NEXUS_VECTOR_INDEX": "pinecone",
        "NEXUS_PINECONE_HOST": stage.pinecone_host,
        "NEXUS_PINECONE_SECRET": data.pinecone_secret.secret_arn,
    }
