"""README's "Deploy to AWS", command by command, against the emulator as an AWS account."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from cli.local.layout import PROJECT
from nexus.adapters.pinecone.provisioning import index_schema
from tests.e2e.aws_account import REGION, AwsAccount, aws_account
from tests.e2e.conftest import free_port
from tests.e2e.terminal import at_terminal
from tests.openai_server import OpenAIServer, running_openai_server
from tests.pinecone_server import API_KEY, PineconeServer

README = (PROJECT / "README.md").read_text(encoding="utf-8")
SECTION = re.search(r"^## Deploy to AWS$(.*?)^## ", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line.strip()
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", SECTION[1] if SECTION else "", re.M | re.S)
    for line in block.splitlines()
]
MODELS_KEY = "sk-of-the-test"


@pytest.fixture(scope="module")
def models() -> Iterator[OpenAIServer]:
    with running_openai_server(1536) as server:
        yield server


@pytest.fixture(scope="module")
def pinecone() -> Iterator[PineconeServer]:
    server = PineconeServer(index_schema(1536))
    yield server
    server.close()


@pytest.fixture(scope="module")
def account(models: OpenAIServer, pinecone: PineconeServer) -> Iterator[AwsAccount]:
    root = PROJECT / ".local" / "e2e-aws"
    with aws_account(root, free_port(), PINECONE_CONTROLLER_HOST=pinecone.url) as made:
        for stage in ("dev", "prod"):
            made.configure(stage, models_url=models.base_url)
        shutil.copytree(PROJECT / "cli" / "local" / "sample_documents", made.project / "handbook")
        yield made


# Each says what cannot be done, in one sentence, and nothing is created.
WRONG: dict[str, tuple[tuple[str, ...], dict[str, str | None], str]] = {
    "no stage": ((), {}, "Say which stage with --stage: aws or dev or staging or prod."),
    "unknown stage": (("--stage", "qa"), {}, "There is no stage 'qa' in cdk.json"),
    "this machine's stage": (("--stage", "local"), {}, "`nexus up` starts it"),
    "empty host": (("--stage", "prod"), {}, "pinecone_host is empty"),
    "an index's name as its host": (
        ("--stage", "prod", "-c", "pinecone_host=nexus-prod"),
        {},
        "pinecone_host is 'nexus-prod'",
    ),
    "sqlite on AWS": (
        ("--stage", "prod", "-c", "vector_index=sqlite", "-c", "sqlite_path=/x"),
        {},
        "vector_index must be s3vectors or pinecone",
    ),
    "no region": (
        ("--stage", "prod", "-c", "pinecone_host=a.svc.pinecone.io"),
        {"AWS_REGION": None},
        "set AWS_REGION",
    ),
    "a region that is none": (
        ("--stage", "prod", "-c", "pinecone_host=a.svc.pinecone.io"),
        {"AWS_REGION": "eu"},
        "'eu' is not a region of AWS",
    ),
    "no credentials": (
        ("--stage", "prod", "-c", "pinecone_host=a.svc.pinecone.io"),
        {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
        "There are no AWS credentials",
    ),
    "another account's credentials": (
        ("--stage", "prod", "-c", "pinecone_host=a.b", "-c", "account=111122223333"),
        {},
        "belongs to account 111122223333",
    ),
    "a value that is none": (
        ("--stage", "prod", "-c", "pinecone_host=a.b", "-c", "chat_timeout_s=99"),
        {},
        "chat_timeout_s must be from 1 to 29",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_use_is_one_sentence_and_creates_nothing(account: AwsAccount, case: str) -> None:
    arguments, changes, sentence = WRONG[case]
    done = account.nexus("deploy", "--yes", *arguments, **changes)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert account.stacks() == set()


def test_without_a_person_or_yes_nothing_is_deployed(account: AwsAccount) -> None:
    done = account.nexus("deploy", "--stage", "prod", "-c", "pinecone_host=a.b")
    assert (done.returncode, done.stderr) == (
        1,
        "nexus: Nobody is here to be asked: add --yes to deploy all the same.\n",
    )


@pytest.mark.parametrize("command", [("destroy", "--confirm", "prod"), ("secrets",)])
@pytest.mark.parametrize(
    "case", ["no stage", "unknown stage", "this machine's stage", "no region", "no credentials"]
)
def test_a_wrong_use_of_the_other_commands_is_one_sentence(
    account: AwsAccount, command: tuple[str, ...], case: str
) -> None:
    arguments, changes, sentence = WRONG[case]
    if "--confirm" in command and arguments:
        command = (*command[:2], arguments[1])
    done = account.nexus(*command, *arguments[:2], **changes)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("subcommand", ["deploy", "destroy", "diff", "synth"])
def test_the_cdk_without_a_stage_takes_none_along(account: AwsAccount, subcommand: str) -> None:
    done = account.nexus("cdk", subcommand, "--all")
    assert done.returncode == 1
    assert done.stderr == (
        "nexus: Say which stage, with --context stage=NAME: aws or dev or staging or prod.\n"
    )


def test_the_cdk_deploys_neither_this_machine_s_stage_nor_without_credentials(
    account: AwsAccount,
) -> None:
    done = account.nexus("cdk", "deploy", "--all", "--context", "stage=local")
    assert (done.returncode, "`nexus up`" in done.stderr) == (1, True)
    dev = ("cdk", "deploy", "--all", "-c", "stage=dev", "-c", "pinecone_host=a.b")
    done = account.nexus(*dev, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
    assert (done.returncode, "no AWS credentials" in done.stderr) == (1, True)
    assert account.stacks() == set()


def test_the_doctor_names_all_that_a_stage_lacks_before_it_is_deployed(account: AwsAccount) -> None:
    done = account.nexus("doctor", "--stage", "prod")
    assert done.returncode == 1
    for lacking in ("✗ deployment", "✗ vector index", "! CDK bootstrap", "! model gpt-5.4-nano"):
        assert lacking in done.stdout, done.stdout
    blind = account.nexus("doctor", "--stage", "prod", AWS_REGION=None).stdout
    assert "✗ AWS account" in blind
    assert "✗ vector index" in blind


def test_the_readme_s_commands_lead_to_an_answer(
    account: AwsAccount, models: OpenAIServer, pinecone: PineconeServer
) -> None:
    assert [command.partition(".venv/bin/nexus ")[2].split()[0] for command in COMMANDS] == [
        *("pinecone-index", "deploy", "doctor", "keys", "upload", "ask", "destroy")
    ]
    make_index, deploy, doctor, make_key, upload, ask, _destroy = COMMANDS

    host = shown(account, make_index.replace("PINECONE_API_KEY=…", f"PINECONE_API_KEY={API_KEY}"))
    assert pinecone.indexes["nexus-prod"]["deployment"]["region"] == REGION
    account.configure("prod", pinecone_host=host.split()[-1])

    refused = shown(account, deploy, {"Deploy this": "n"}, code=1)
    assert f"account 000000000000 in {REGION}" in refused
    assert "AWS::S3::Bucket" in refused
    assert account.stacks() == set()

    answers = {
        "Deploy this": "y",
        # With the space, which is shown once nothing that is typed is shown any more.
        f"API key of the models at {models.base_url}: ": MODELS_KEY,
        "API key of Pinecone: ": API_KEY,
    }
    deployed = shown(account, deploy, answers)
    assert MODELS_KEY not in deployed
    assert "GET /ready" in deployed
    assert account.stacks() == {"CDKToolkit", "nexus-prod-data", "nexus-prod-service"}
    assert account.client("apigateway").get_account()["cloudwatchRoleArn"]
    _page_is_published(account)
    shown(account, doctor)
    again = account.nexus("deploy", "--stage", "prod", "--yes")
    assert "there is nothing to deploy" in again.stdout, again.stdout + again.stderr

    models.answer_with(lambda _: "The fee for an overdue book is IDR 1,000. [1.1]")
    key = re.findall(r"nx_[\w-]+", shown(account, make_key))[0]
    assert "✓" in shown(account, upload)
    assert shown(account, ask.replace("NEXUS_API_KEY=…", f"NEXUS_API_KEY={key}")).strip()
    assert any(request.headers.get("authorization") for request in models.requests)

    _take_keys_off_their_plans(account)
    attach = "`nexus keys attach --stage prod`"
    assert attach in account.nexus("deploy", "--stage", "prod", "--yes").stdout
    assert account.nexus("keys", "attach", "--stage", "prod").returncode == 0
    assert attach not in account.nexus("deploy", "--stage", "prod", "--yes").stdout


def _page_is_published(account: AwsAccount) -> None:
    [bucket] = [name for name in account.buckets("prod") if "page" in name]

    def held(key: str) -> str:
        found = account.client("s3").get_object(Bucket=bucket, Key=key)
        return str(found["Body"].read().decode())

    api = json.loads(held("config.json"))["api"]
    origin = api.rpartition("/")[0]
    assert origin.startswith("https://")
    for document in ("index.html", "embed.html"):
        assert f"connect-src &#x27;self&#x27; {origin} https://nexus-prod-data-" in held(document)


def _take_keys_off_their_plans(account: AwsAccount) -> None:
    gateway = account.client("apigateway")
    for plan in gateway.get_usage_plans()["items"]:
        for key in gateway.get_usage_plan_keys(usagePlanId=plan["id"])["items"]:
            gateway.delete_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"])


def test_a_key_is_exchanged(account: AwsAccount) -> None:
    done = account.nexus("secrets", "--stage", "prod", "--replace", OPENAI_API_KEY="sk-new")
    assert done.returncode == 0, done.stdout + done.stderr
    [secret] = [
        one["Name"]
        for one in account.client("secretsmanager").list_secrets()["SecretList"]
        if "models" in one["Name"].lower() and "prod" in one["Name"]
    ]
    value = account.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    assert value == "sk-new"


def test_the_rest_of_the_cdk_works_on_the_stage(account: AwsAccount) -> None:
    done = account.nexus("cdk", "bootstrap")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"aws://000000000000/{REGION} bootstrapped" in done.stdout + done.stderr
    done = account.nexus("cdk", "diff", "--context", "stage=prod")
    assert "Number of stacks with differences: 0" in done.stdout + done.stderr


def test_prod_is_destroyed_only_unprotected_and_keeps_what_it_holds(account: AwsAccount) -> None:
    done = account.nexus("destroy", "--stage", "prod", "--confirm", "prod")
    assert done.returncode == 1
    cloudformation = account.client("cloudformation")
    protected = re.findall(
        r"`aws cloudformation update-termination-protection "
        r"--no-enable-termination-protection --stack-name (\S+)`",
        done.stderr,
    )
    assert protected == ["nexus-prod-data", "nexus-prod-service"]
    for name in protected:
        cloudformation.update_termination_protection(
            StackName=name, EnableTerminationProtection=False
        )
    before = account.buckets("prod")
    done = account.nexus("destroy", "--stage", "prod", "--confirm", "prod")
    assert done.returncode == 0, done.stdout + done.stderr
    assert account.stacks() == {"CDKToolkit"}
    kept = [bucket for bucket in before if "page" not in bucket]
    assert len(kept) == len(before) - 1
    assert sorted(account.buckets("prod")) == sorted(kept)
    for bucket in kept:
        assert f"kept: Bucket {bucket}" in done.stdout
    assert done.stdout.count("kept: Table") == 4  # what is cached is not kept
    assert done.stdout.count("kept: Secret") == 3
    documents = next(bucket for bucket in before if "documents" in bucket)
    assert account.client("s3").list_object_versions(Bucket=documents)["Versions"]


def test_dev_is_destroyed_with_every_version_of_its_buckets(
    account: AwsAccount, pinecone: PineconeServer
) -> None:
    account.configure("dev", pinecone_host=pinecone.url)
    keys = {"OPENAI_API_KEY": MODELS_KEY, "PINECONE_API_KEY": API_KEY}
    done = account.nexus("deploy", "--stage", "dev", "--yes", **keys)
    assert done.returncode == 0, done.stdout + done.stderr
    made = account.nexus("keys", "create", "web", "--tenant", "acme", "--stage", "dev")
    assert made.returncode == 0
    s3 = account.client("s3")
    for bucket in account.buckets("dev"):
        # More than a page of versions, where no message is sent of each.
        for at in range(1100 if "backups" in bucket else 20):
            s3.put_object(Bucket=bucket, Key=f"other/{at % 7}", Body=b"x")
        s3.delete_object(Bucket=bucket, Key="other/1")
    gateway = account.client("apigateway")
    names = {one["name"] for one in gateway.get_api_keys()["items"]}
    assert "nexus-dev-acme-web" in names

    command = COMMANDS[-1]
    assert account.nexus("destroy", "--stage", "dev").returncode == 1
    assert account.nexus("destroy", "--stage", "dev", "--confirm", "prod").returncode == 1
    assert "Nothing was removed" in shown(account, command, {"Type dev": "prod"}, code=1)
    assert "nexus-dev-data" in account.stacks()
    said = shown(account, command, {"Type dev": "dev"})
    assert "emptied of 1101 versions" in said
    assert "emptied of 21 versions" in said
    assert account.stacks() == {"CDKToolkit"}
    assert account.buckets("dev") == []
    tables = account.client("dynamodb").list_tables()["TableNames"]
    assert not [name for name in tables if name.startswith("nexus-dev")]
    names = {one["name"] for one in gateway.get_api_keys()["items"]}
    assert "nexus-dev-acme-web" not in names
    with pytest.raises(ClientError):
        account.client("cloudformation").describe_stacks(StackName="nexus-dev-data")
    assert (
        "is not deployed" in account.nexus("destroy", "--stage", "dev", "--confirm", "dev").stderr
    )


def shown(
    account: AwsAccount, command: str, answers: dict[str, str] | None = None, code: int = 0
) -> str:
    """What a terminal shows of a line of the README, which ends with this exit code."""
    ended, text = at_terminal(
        ["sh", "-c", command], answers or {}, account.environ, account.project
    )
    assert ended == code, text
    return text
