"""Where a stage is deployed: its AWS session, and the outputs of its stacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from cli.aws.account import NO_CREDENTIALS, aws_session, emulated_at
from cli.calls_made import watched
from cli.failure import Failure
from cli.local.access import credentials
from cli.local.access.credentials import ACCESS_KEY_ID, REGION
from cli.local.layout import Layout
from cli.local.run_record import read_record
from cli.stage_names import LOCAL, stack_names


@dataclass(frozen=True)
class Deployment:
    """What a stage's stacks put out; the output of field `x_y` is `XY`.

    Functions are named with their alias. What does not apply to a stage is empty.
    """

    stage: str
    region: str
    api_url: str
    rest_api_id: str
    documents_bucket: str
    backups_bucket: str
    catalogue_table: str
    conversations_table: str
    clients_table: str
    ingest_queue_url: str
    dead_letter_queue_url: str
    standard_plan_id: str
    admin_plan_id: str
    chat_function: str
    stream_function: str
    documents_function: str
    access_function: str
    ingest_function: str
    reindex_function: str
    backup_function: str
    connect_function: str
    authorizer_function: str
    embedding_model: str
    embedding_dimension: str
    vector_index: str
    audio_function: str = ""
    models_secret: str = ""
    models_url: str = ""
    vector_bucket: str = ""
    sqlite_path: str = ""
    pinecone_host: str = ""
    pinecone_secret: str = ""
    rerank_secret: str = ""
    dashboard_name: str = ""
    user_pool: str = ""
    user_pool_client: str = ""
    release_application: str = ""
    page_url: str = ""


def session_for(stage: str, layout: Layout | None = None) -> boto3.Session:
    """The AWS session of a stage: the emulator's if `local`, else the person's own credentials.

    Its region is the one that cdk.json pins for the stage, else the environment's.

    Raises Failure if the local stack is not running, or no region or profile is configured.
    """
    if stage != LOCAL:
        from cli.aws.chosen import region_of  # which reads cdk.json with the CDK app's own code

        return aws_session(region_of(stage))
    layout = layout or Layout()
    current = read_record(layout)
    # The emulator alone is enough to look around: `nexus doctor` tells when the models are down.
    if current is None or not current.emulator_alive():
        raise Failure("The local stack is not running: start it with `nexus up`.")
    return local_session(layout)


def local_session(layout: Layout) -> boto3.Session:
    """A session whose every client calls the emulator, whatever the environment says.

    Raises Failure if none was ever started.
    """
    core = botocore.session.Session(profile="default")
    core.set_config_variable("config_file", str(layout.aws_config))
    core.set_config_variable("region", REGION)
    core.set_credentials(ACCESS_KEY_ID, credentials.current(layout).secret_access_key)
    return watched(boto3.Session(botocore_session=core))


def read_deployment(stage: str, session: boto3.Session) -> Deployment:
    """Reads a stage's outputs from CloudFormation.

    Raises Failure if the stage is not deployed in the session's region, or was by another version.
    """
    outputs: dict[str, str] = {}
    for name in stack_names(stage):
        outputs |= _outputs(stage, name, session)
    region = session.region_name or ""
    values = {"stage": stage, "region": region}
    for spec in fields(Deployment):
        if spec.name not in values:
            output = "".join(part.capitalize() for part in spec.name.split("_"))
            if output not in outputs and spec.default is MISSING:
                raise Failure(
                    f"Stage {stage} was deployed by another version (it has no output {output}): "
                    f"{_how_to_deploy(stage)}."
                )
            values[spec.name] = outputs.get(output, "")
    if endpoint := emulated_at(session):
        values["api_url"] = _emulated_api_url(values, endpoint)
    return Deployment(**{**values, "api_url": values["api_url"].rstrip("/")})


def _outputs(stage: str, stack: str, session: boto3.Session) -> dict[str, str]:
    try:
        found = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except NoCredentialsError as err:
        raise Failure(NO_CREDENTIALS) from err
    except ClientError as err:
        if "does not exist" in str(err):
            raise Failure(
                f"Stage {stage} is not deployed in {session.region_name}: {_how_to_deploy(stage)}."
            ) from err
        raise Failure(f"AWS refused to describe the stack {stack}: {err}") from err
    except (BotoCoreError, NoRegionError) as err:
        raise Failure(f"AWS could not be reached: {err}") from err
    return {
        output["OutputKey"]: output["OutputValue"]
        for output in found[0].get("Outputs", [])
        if "OutputKey" in output and "OutputValue" in output
    }


def _how_to_deploy(stage: str) -> str:
    if stage == LOCAL:
        return "run `nexus up`"
    return f"run `nexus deploy --stage {stage}`"


def _emulated_api_url(values: Mapping[str, str], endpoint: str) -> str:
    # The template can only name the address that the API has on AWS.
    stage = urlsplit(values["api_url"]).path.strip("/")
    return f"{endpoint}/_aws/execute-api/{values['rest_api_id']}/{stage}"
