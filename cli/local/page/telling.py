"""Tells the page of the deployment, and the people at this machine where the page is."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cli.failure import Failure
from cli.local.access import credentials
from cli.local.access.credentials import REGION
from cli.local.layout import Layout, write_json
from cli.local.run_record import page_origin
from cli.stage_names import LOCAL

# The CDK app's own code is imported where it is used: `nexus up --help` waits for none of it.
if TYPE_CHECKING:
    from cdk.stages import Stage
    from cli.connection import Connection


def addresses(port: int) -> dict[str, str]:
    """The fields of the local stage that follow the port of the local AWS."""
    return {"sign_in_url": f"http://127.0.0.1:{port}", "page_url": page_origin(port)}


def local_stage(port: int) -> Stage:
    """The local stage as cdk.json has it, at its addresses. Raises Failure if it is wrong."""
    from cdk.choosing import project_context
    from cdk.stages import StageError, read_stage

    try:
        configured: dict[str, Any] = project_context()["stages"][LOCAL]
        return read_stage(LOCAL, {**configured, **addresses(port)})
    except StageError as err:
        raise Failure(str(err)) from err


def tell(layout: Layout, connection: Connection, port: int, *, samples: bool) -> None:
    """Writes the page's config.json; its questions are about the sample documents alone."""
    from cdk.page_config import page_config

    stage = local_stage(port)
    if not samples:
        stage = replace(stage, page_questions={})
    deployed = connection.deployment
    config = page_config(
        stage,
        api=deployed.api_url,
        issuer=f"https://cognito-idp.{REGION}.amazonaws.com/{deployed.user_pool}",
        client_id=deployed.user_pool_client,
        region=REGION,
    )
    write_json(layout.page_config, config, private=True)


def page_link(layout: Layout, port: int) -> str:
    """The page's address, with what has the sign-in form filled in. Raises Failure."""
    return f"{page_origin(port)}/#hint={sign_in_hint(layout)}"


def sign_in_hint(layout: Layout) -> str:
    """What only this run's owner can compute. Raises Failure before the first start."""
    key = credentials.current(layout).models_key.encode()
    return hmac.new(key, b"sign-in", hashlib.sha256).hexdigest()[:32]
