"""The credentials that each start of the local stack makes, and that every call has to show.

They are kept in one file that only this user can read, for the commands of other terminals.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from cli.failure import Failure
from cli.local.layout import Layout, read_json, write_json, write_text

# The emulator takes an access key of twelve digits for the account that it stands for.
ACCESS_KEY_ID = "000000000000"
REGION = "us-east-1"


@dataclass(frozen=True)
class Credentials:
    """What AWS calls are signed with, and the API key of the local model server."""

    secret_access_key: str
    models_key: str


def renew(layout: Layout, port: int) -> Credentials:
    """Makes new credentials in place of those of the run before, for an emulator on this port."""
    made = Credentials(secrets.token_urlsafe(32), new_models_key())
    write_json(layout.credentials_file, asdict(made), private=True)
    # botocore takes an endpoint for all services only from its configuration file.
    text = (
        f"[default]\nregion = {REGION}\nendpoint_url = http://127.0.0.1:{port}\n"
        f"aws_access_key_id = {ACCESS_KEY_ID}\naws_secret_access_key = {made.secret_access_key}\n"
        "s3 =\n  addressing_style = path\n"
    )
    write_text(layout.aws_config, text, private=True)
    return made


def current(layout: Layout) -> Credentials:
    """The credentials of the run that is going on, or of the last. Raises Failure without any."""
    record = read_json(layout.credentials_file)
    try:
        return Credentials(str(record["secret_access_key"]), str(record["models_key"]))
    except KeyError as err:
        raise Failure("The local stack has not been started yet: `nexus up` starts it.") from err


def new_models_key() -> str:
    """A key for a local model server, of 256 bits."""
    return f"local-{secrets.token_urlsafe(32)}"


def write_models_key(path: Path, key: str) -> Path:
    """Writes a file that a model server reads its key from; returns its path."""
    write_json(path, {"models_key": key}, private=True)
    return path


def read_models_key(path: Path) -> str:
    """The model server's key in a file of credentials. Raises Failure if it holds none."""
    key = read_json(path).get("models_key")
    if not isinstance(key, str) or not key:
        raise Failure(f"{path} holds no key of the local model server.")
    return key
