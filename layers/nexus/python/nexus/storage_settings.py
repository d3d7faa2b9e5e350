"""The settings of what a stage is and keeps: its tables, buckets and runs, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

from nexus.setting_values import setting


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """The first of the `Settings`; the reference lists them in this order."""

    stage: str = setting("Name of the deployment stage.", "local")
    log_level: str = setting(
        "Least severe log level written.",
        "INFO",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
    )
    documents_bucket: str = setting("Bucket that holds the documents.", "")
    catalogue_table: str = setting("DynamoDB table of documents and manifests.", "")
    conversations_table: str = setting("DynamoDB table of conversations.", "")
    functions: tuple[str, ...] = setting(
        "The stage's functions, whose former versions the nightly run removes after 24 hours.", ()
    )
    clients_table: str = setting("DynamoDB table of API clients.", "")
    cache_table: str = setting(
        "DynamoDB table of cached answers and question embeddings; empty caches nothing.", ""
    )
    insights_table: str = setting(
        "DynamoDB table of the question log, ratings and their rollups; empty logs nothing.", ""
    )
    keep_questions: bool = setting(
        "Whether the log keeps what was asked in words, and ratings with question, answer, quotes "
        "and comment; without it, numbers, ids and embeddings.",
        False,
        choices=("true", "false"),
    )
    question_log_days: int = setting("Days that questions and ratings are kept.", 90, low=1)
    rollup_days: int = setting("Days that the figures of a day are kept.", 400, low=1)
    popular_from: int = setting(
        "How often a question must have been asked before its words are shown.", 3, low=1
    )
    alike_from: float | None = setting(
        "Cosine (0 to 1) from which two questions are taken to ask for the same, instead of the "
        "embedding model's own.",
        None,
    )
    answer_cache_ttl_s: int = setting("Seconds that an answer is cached; 0 caches none.", 24 * 3600)
    embedding_cache_ttl_s: int = setting(
        "Seconds that a question's embedding is cached; 0 caches none.", 30 * 24 * 3600
    )
    folder_groups: tuple[tuple[str, tuple[str, ...]], ...] = setting(
        "Groups of the documents in a folder that have none of their own, as JSON: "
        '`{"hr/": ["hr"]}`; the longest beginning of a path decides.',
        (),
    )
    ingest_queue_url: str = setting("SQS queue that the ingestion function reads.", "")
    reindex_function: str = setting(
        "Function that the reindexing run starts to continue itself.", ""
    )
    backups_bucket: str = setting("Bucket that snapshots are written to.", "")
    backup_function: str = setting("Function that a backup starts to continue itself.", "")
    connect_function: str = setting(
        "Function that a run over a source starts to continue itself.", ""
    )
    connect_private_hosts: tuple[str, ...] = setting(
        "Hosts that sources may be on although their addresses are not public.", ()
    )
