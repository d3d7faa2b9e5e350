"""Asks the page's server and the provider as a program does, beside the browser."""

from __future__ import annotations

from urllib.parse import urlencode

import httpx2

from tests.page.conftest import Served


def answered(served: Served, path: str = "/", **headers: str) -> httpx2.Response:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.get(served.origin + path, headers=said, trust_env=False)


def hint_of(served: Served) -> str:
    return served.link.partition("#hint=")[2]


def form_of(served: Served, hint: str = "", **more: str) -> str:
    """The address of the provider's sign-in form."""
    sign_in = answered(served, "/config.json").json()["sign_in"]
    asked = {
        "response_type": "code",
        "client_id": sign_in["client_id"],
        "redirect_uri": f"{served.origin}/",
        "scope": "openid email profile",
        "state": "of-the-test",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
        **({"login_hint": hint} if hint else {}),
        **more,
    }
    return f"{sign_in['metadata']['authorization_endpoint']}?{urlencode(asked)}"
