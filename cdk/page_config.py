"""What the page reads when it starts: `config.json`, made of a stage and of what was deployed."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from cdk.page_names import LANGUAGES, PICTURES, logo_file
from cdk.sign_in_names import hosted_pages

if TYPE_CHECKING:
    from cdk.stages import Stage


def page_config(stage: Stage, *, api: str, issuer: str, client_id: str, region: str) -> Any:
    """The JSON of a stage's page: `api` is the API's URL, the rest of the pool's one client."""
    return {
        "api": api.rstrip("/"),
        "name": stage.page_name.strip(),
        "logo": _logo(stage),
        "colours": dict(stage.page_colours),
        "languages": list(LANGUAGES),
        "questions": {name: list(asked) for name, asked in stage.page_questions.items()},
        "audio": True,  # every stage has the function
        "keeps_questions": stage.settings.get("NEXUS_KEEP_QUESTIONS", "").lower() == "true",
        "sign_in": _sign_in(stage, issuer, client_id, region),
    }


def _logo(stage: Stage) -> str:
    """The picture itself: a policy without other origins lets nothing else be shown."""
    if not stage.page_logo:
        return ""
    file = logo_file(stage)
    content = base64.b64encode(file.read_bytes()).decode()
    return f"data:{PICTURES[file.suffix.lower()]};base64,{content}"


def _sign_in(stage: Stage, issuer: str, client_id: str, region: str) -> dict[str, Any] | None:
    if stage.sign_in == "none":
        return None
    if stage.sign_in == "oidc":
        metadata = {
            "issuer": stage.oidc_issuer,
            "authorization_endpoint": stage.oidc_authorization_url,
            "token_endpoint": stage.oidc_token_url,
            "revocation_endpoint": stage.oidc_revocation_url,
            "end_session_endpoint": stage.oidc_sign_out_url,
        }
        client_id = stage.oidc_audiences[0]
    else:
        hosted = hosted_pages(stage, region)
        metadata = {
            "issuer": issuer,
            "authorization_endpoint": f"{hosted}/oauth2/authorize",
            "token_endpoint": f"{hosted}/oauth2/token",
            "revocation_endpoint": f"{hosted}/oauth2/revoke",
            "end_session_endpoint": f"{hosted}/logout",
        }
    return {
        "client_id": client_id,
        "scope": "openid email profile",
        "metadata": {name: url for name, url in metadata.items() if url},
    }
