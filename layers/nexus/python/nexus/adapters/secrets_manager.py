"""Reads secrets from AWS Secrets Manager, each once in the life of the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.adapters.botocore_errors import translate
from nexus.errors import ConfigurationError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# What the data stack writes into a new secret, so that it exists before anyone has the key.
UNSET = "unset"


class SecretsManager:
    """Implements `Secrets` with a botocore client for Secrets Manager."""

    def __init__(self, client: SecretsManagerClient) -> None:
        self._client = client
        self._values: dict[str, str] = {}

    def get(self, secret_id: str) -> str:
        """The secret's string, without surrounding white space.

        A changed secret is seen by new processes only. Raises ConfigurationError, with the command
        that sets it, for a secret that does not exist or holds no value yet.
        """
        # No lock: two threads that ask at once read it twice, and get the same.
        if secret_id not in self._values:
            self._values[secret_id] = self._read(secret_id)
        return self._values[secret_id]

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
