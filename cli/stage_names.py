"""What a stage's stacks are called, and the name of the stage that is this machine."""

from __future__ import annotations

LOCAL = "local"


def stack_names(stage: str) -> tuple[str, str]:
    """Names of a stage's data stack and service stack."""
    return f"nexus-{stage}-data", f"nexus-{stage}-service"
