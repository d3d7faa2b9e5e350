"""A secret that holds an upstream's API key, which people set after the deployment."""

from __future__ import annotations

from aws_cdk import RemovalPolicy, SecretValue
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cdk.findings import acknowledge

# What the functions read as "no key was set"; a real key never passes through a template.
UNSET = "unset"


class UpstreamSecret(Construct):
    """Created as "unset"; a value set by hand survives every later deployment."""

    def __init__(
        self, scope: Construct, name: str, *, description: str, removal: RemovalPolicy
    ) -> None:
        super().__init__(scope, name)
        self.secret = secretsmanager.Secret(
            self,
            "Secret",
            description=description,
            secret_string_value=SecretValue.unsafe_plain_text(UNSET),
            removal_policy=removal,
        )
        acknowledge(
            self.secret,
            "SMG4",
            "The key is issued by another company; AWS cannot rotate it.",
        )
