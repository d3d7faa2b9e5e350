"""`nexus gateway-logs`: what an AWS account needs once before the API can write its log."""

from __future__ import annotations

from cli.gateway_logs import ensure_log_role
from cli.stacks import session_for
from cli.terminal import Stage, console


def gateway_logs(stage: Stage = "local") -> None:
    """Let API Gateway write logs in the stage's account and region, where nothing lets it yet."""
    role, made = ensure_log_role(session_for(stage))
    if made:
        console.print(f"API Gateway writes its logs with {role} from now on.", soft_wrap=True)
    else:
        console.print(f"API Gateway has a role for its logs, which stays: {role}", soft_wrap=True)
