"""A function loads only what it needs: what it does not use costs its cold start nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cli.local.layout import PROJECT

PARSERS = {"pypdfium2", "docx", "pptx", "python_calamine", "selectolax", "semantic_text_splitter"}
WEB = {"fastapi", "starlette", "mangum"}
NEVER = {"boto3", "openai", "onnxruntime", "torch", "typer"}

WIRING = """
import sys
from nexus.settings import Settings
from nexus.wiring import {function} as functions
settings = Settings(vector_index={index!r}, sqlite_path="/tmp/none.sqlite", pinecone_host="https://x",
    clients_table="c", catalogue_table="t", conversations_table="v", documents_bucket="b",
    ingest_queue_url="https://q", backups_bucket="k", models_secret="m", pinecone_secret="p")
import botocore.session
import botocore.client
class Offline:
    def __getattr__(self, name):
        def call(**_):
            return {{"SecretString": "key"}}
        return call
functions.{function}_services(settings, lambda _service: Offline())
{extra}
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""

SIGNING_IN = """
from dataclasses import replace
from functions.authorizer.deciding import decision
own = {"oidc_issuer": "https://x", "oidc_keys_url": "https://x", "oidc_audiences": ("a",)}
signing = replace(settings, **own)
services = functions.authorizer_services(signing, lambda _service: Offline())
token = "eyJhbGciOiJub25lIn0.e30.e30"
said = decision({"methodArn": "x", "headers": {"Authorization": "Bearer " + token}}, services)
assert said["policyDocument"]["Statement"][0]["Effect"] == "Deny"
"""


def loaded(function: str, index: str, extra: str = "") -> set[str]:
    code = WIRING.format(function=function, index=index, extra=extra)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_ingest_loads_no_web_framework_and_parsers_only_for_a_document() -> None:
    found = loaded("ingest", "sqlite", "import nexus.ingestion.tasks")
    assert not found & (WEB | NEVER | {"pinecone"})
    assert not found & (PARSERS - {"semantic_text_splitter"})


def test_chat_loads_no_parser_and_only_its_own_index() -> None:
    found = loaded("chat", "pinecone", "import functions.chat.app")
    assert not found & (PARSERS | NEVER | {"numpy", "sqlite3"})


def test_chat_loads_nothing_of_agents_before_one_is_asked() -> None:
    shown = "print(*(name for name in sys.modules if name.startswith('nexus.agents')))"
    found = loaded("chat", "sqlite", f"import functions.chat.app\n{shown}")
    assert not {name for name in found if "." in name}


def test_documents_loads_neither_models_nor_parsers() -> None:
    found = loaded("documents", "pinecone", "import functions.documents.app")
    assert "fastapi" in found
    assert not found & (PARSERS | NEVER | {"pinecone", "numpy"})


def test_access_loads_neither_models_nor_index_nor_parsers() -> None:
    found = loaded("access", "pinecone", "import functions.access.app")
    assert "fastapi" in found
    assert not found & (PARSERS | NEVER | {"pinecone", "numpy", "sqlite3", "jwt"})


def test_the_authorizer_loads_what_checks_tokens_only_for_a_token() -> None:
    found = loaded("authorizer", "sqlite", "import functions.authorizer.deciding")
    lean = {"jwt", "cryptography", "pydantic", "httpx2", "aws_lambda_powertools"}
    assert not found & (PARSERS | WEB | NEVER | lean | {"numpy", "sqlite3"})
    signing_in = loaded("authorizer", "sqlite", SIGNING_IN)
    assert {"jwt", "cryptography"} <= signing_in
    assert not signing_in & (PARSERS | WEB | NEVER | {"pydantic", "httpx2"})


@pytest.mark.parametrize("index", ["sqlite", "pinecone"])
def test_reindex_loads_neither_models_nor_index_nor_parsers(index: str) -> None:
    assert not loaded("reindex", index) & (PARSERS | WEB | NEVER | {"pinecone", "numpy"})


@pytest.mark.parametrize("index", ["sqlite", "pinecone"])
def test_backup_loads_neither_models_nor_parsers_and_only_its_own_index(index: str) -> None:
    found = loaded("backup", index)
    assert not found & (PARSERS | WEB | NEVER)
    assert not found & {"sqlite": {"pinecone"}, "pinecone": {"numpy", "sqlite3"}}[index]
    assert "arro3" in found


def test_connect_loads_what_a_kind_of_source_needs_only_for_one_of_that_kind() -> None:
    kinds = {"dulwich", "protego", "selectolax", "lxml", "httpx2", "jwt", "cryptography"}
    assert not loaded("connect", "sqlite") & (PARSERS | WEB | NEVER | kinds | {"numpy"})


@pytest.mark.parametrize("function", ["chat", "ingest", "reindex"])
def test_only_backup_loads_parquet(function: str) -> None:
    assert "arro3" not in loaded(function, "sqlite")


@pytest.mark.parametrize(
    "function", ["chat", "documents", "ingest", "reindex", "backup", "connect"]
)
def test_nothing_is_loaded_for_traces_where_no_collector_is_named(function: str) -> None:
    shown = "print(*(name for name in sys.modules if name.startswith(TRACING)))"
    extra = (
        f"TRACING = ('opentelemetry.sdk', 'opentelemetry.exporter', 'nexus.adapters.otlp')\n{shown}"
    )
    if function in ("chat", "documents"):
        extra = f"import functions.{function}.app\n{extra}"
    found = loaded(function, "sqlite", extra)
    assert not {name for name in found if "." in name}
    if function in ("ingest", "reindex", "backup"):  # FastAPI itself imports OpenTelemetry's API
        assert "opentelemetry" not in found
