"""Reads secrets from AWS Secrets Manager, each once for all who need it at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.errors import ConfigurationError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# What the data stack writes into a new secret, so that it exists before anyone has the key.
UNSET = "unset"
# Long enough for all that a function makes when it starts or renews; short, as what is made then
# keeps the value for longer.
KEPT_S = 10.0


class SecretsManager:
    """Implements `Secrets` with a botocore client for Secrets Manager."""

    def __init__(self, client: SecretsManagerClient, now: Callable[[], float] = time.time) -> None:
        self._client = client
        self._now = now
        self._values: dict[str, tuple[float, str]] = {}

    def get(self, secret_id: str) -> str:
        """The secret's string, without surrounding white space.

        A changed secret is seen KEPT_S seconds after the last reading. Raises ConfigurationError,
        with the command that sets it, for a secret that does not exist or holds no value yet.
        """
        # No lock: two threads that ask at once read it twice, and get the same.
        now = self._now()
        kept = self._values.get(secret_id)
        if kept is None or now - kept[0] > KEPT_S:
            kept = self._values[secret_id] = (now, self._read(secret_id))
        return kept[1]

    def _read(self, secret_id: str) -> str:
        if not secret_id:
            raise ConfigurationError(
                "No secret is named; set NEXUS_MODELS_SECRET, and NEXUS_PINECONE_SECRET if the "
                "index is Pinecone, to the name of one in Secrets Manager."
            )
        with translate("secrets"):
            try:
                response = self._client.get_secret_value(SecretId=secret_id)
            except self._client.exceptions.ResourceNotFoundException as err:
                raise ConfigurationError(
                    f"The secret {secret_id} does not exist; run: aws secretsmanager create-secret "
                    f"--name {secret_id} --secret-string YOUR_KEY"
                ) from err
        value = response.get("SecretString", "").strip()
        if value in ("", UNSET):
            raise ConfigurationError(
                f"The secret {secret_id} is not set; run: aws secretsmanager put-secret-value "
                f"--secret-id {secret_id} --secret-string YOUR_KEY"
            )
        return value
