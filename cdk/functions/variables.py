"""The variables that several functions read: `NEXUS_*` of nexus.settings, by what they name."""

from __future__ import annotations

import json

from cdk.data_stack import DataStack
from cdk.stages import TRACED, Stage


def common(stage: Stage, function: str) -> dict[str, str]:
    """What every function reads: which stage it is, how it logs and measures."""
    folders = {folder: list(groups) for folder, groups in stage.folder_groups.items()}
    return {
        **stage.settings,
        **({"NEXUS_FOLDER_GROUPS": json.dumps(folders, ensure_ascii=False)} if folders else {}),
        "NEXUS_STAGE": stage.name,
        "NEXUS_LOG_LEVEL": stage.log_level,
        "POWERTOOLS_SERVICE_NAME": function,
        # The user agent of its AWS calls names the function: CloudTrail shows it, and the test that
        # compares its calls with its rights reads it.
        "AWS_SDK_UA_APP_ID": f"nexus-{stage.name}-{function}",
        **(_traces(stage) if function in TRACED else {}),
    }


def _traces(stage: Stage) -> dict[str, str]:
    if not stage.traces_endpoint:
        return {}
    # By OpenTelemetry's own names where it has them; its variable for headers would show a key.
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": stage.traces_endpoint,
        "OTEL_TRACES_SAMPLER_ARG": f"{stage.traces_share:g}",
        "NEXUS_TRACES_SECRET": stage.traces_headers_secret,
    }


def generation(stage: Stage) -> dict[str, str]:
    """The embedding model, which names the generation of the index."""
    return {
        "NEXUS_EMBEDDING_MODEL": stage.embedding_model,
        "NEXUS_EMBEDDING_DIMENSION": str(stage.embedding_dimension),
    }


def models(stage: Stage, data: DataStack) -> dict[str, str]:
    """Where the models are asked, for a function that embeds texts itself."""
    if data.models_secret is None:
        return {**generation(stage), "NEXUS_MODELS_PROVIDER": "bedrock"}
    return {
        **generation(stage),
        "NEXUS_MODELS_URL": stage.models_url,
        "NEXUS_MODELS_SECRET": data.models_secret.secret_arn,
    }


def index(stage: Stage, data: DataStack) -> dict[str, str]:
    """Which vector index is used and where it is."""
    if stage.vector_index == "s3vectors" and data.vectors is not None:
        return {
            "NEXUS_VECTOR_INDEX": "s3vectors",
            "NEXUS_VECTOR_BUCKET": data.vectors.bucket_name,
        }
    if data.pinecone_secret is None:
        return {"NEXUS_VECTOR_INDEX": "sqlite", "NEXUS_SQLITE_PATH": stage.sqlite_path}
    return {
        "NEXUS_VECTOR_INDEX": "pinecone",
        "NEXUS_PINECONE_HOST": stage.pinecone_host,
        "NEXUS_PINECONE_SECRET": data.pinecone_secret.secret_arn,
    }
