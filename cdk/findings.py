"""Acknowledges cdk-nag's findings one at a time, beside the construct that they are about."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, finding: str, reason: str) -> None:
    """Accepts one finding on a construct, for a reason that a reviewer can judge."""
    note = Acknowledgment(id=f"AwsSolutions-{finding}", reason=reason)
    Validations.of(construct).acknowledge(note)
