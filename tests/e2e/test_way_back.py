"""`nexus rollback` where a release was deployed: callers get the functions from before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cli.local.layout import PROJECT
from nexus.adapters.pinecone.provisioning import index_schema
from tests.e2e.aws_account import AwsAccount, aws_account
from tests.e2e.conftest import Deployed, free_port
from tests.openai_server import running_openai_server
from tests.pinecone_server import API_KEY, PineconeServer

FUNCTIONS = ("chat", "documents", "ingest", "reindex", "backup")
STAGE = ("--stage", "dev")


@pytest.fixture(scope="module")
def account() -> Iterator[AwsAccount]:
    pinecone = PineconeServer(index_schema(1536))
    with (
        running_openai_server(1536) as models,
        aws_account(PROJECT / ".local" / "e2e-way-back", free_port()) as made,
    ):
        made.configure("dev", models_url=models.base_url, pinecone_host=pinecone.url)
        yield made
    pinecone.close()


def done(account: AwsAccount, *arguments: str) -> str:
    """What a command prints that ends well."""
    keys = {"OPENAI_API_KEY": "sk-of-the-test", "PINECONE_API_KEY": API_KEY}
    ran = account.nexus(*arguments, *STAGE, **keys)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def live(account: AwsAccount) -> dict[str, int]:
    """The version of each function that callers get."""
    client = account.client("lambda")
    return {
        name: int(
            client.get_alias(FunctionName=f"nexus-dev-{name}", Name="live")["FunctionVersion"]
        )
        for name in FUNCTIONS
    }


def level(account: AwsAccount, function: str) -> str:
    """What the live version of a function is configured with."""
    configured = account.client("lambda").get_function_configuration(
        FunctionName=f"nexus-dev-{function}", Qualifier="live"
    )
    return str(configured["Environment"]["Variables"]["NEXUS_LOG_LEVEL"])


def test_a_release_is_taken_back_and_brought_again(account: AwsAccount) -> None:
    done(account, "deploy", "--yes")
    first = live(account)
    refused = account.nexus("rollback", *STAGE)
    assert (refused.returncode, "nothing was moved" in refused.stderr) == (1, True)

    done(account, "deploy", "--yes", "--context", "log_level=ERROR")
    second = live(account)
    assert all(second[name] > first[name] for name in FUNCTIONS)
    assert level(account, "chat") == "ERROR"

    said = done(account, "rollback")
    assert live(account) == first
    assert level(account, "chat") != "ERROR"
    assert f"chat: version {second['chat']} → {first['chat']}" in said
    assert "GET /ready" in said
    assert "--forward" in said
    assert "nothing was moved" in account.nexus("rollback", *STAGE).stderr

    done(account, "rollback", "--forward")
    assert live(account) == second
    assert level(account, "chat") == "ERROR"


def test_on_this_machine_the_first_deployment_has_nothing_before_it(stack: Deployed) -> None:
    refused = stack.nexus("rollback", "--stage", "local", check=False)
    assert refused.returncode == 1
    assert "was the first" in refused.stderr
    assert "nothing was moved" in refused.stderr
