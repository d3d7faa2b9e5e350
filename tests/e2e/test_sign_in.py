"""Signing in at the local pool, from the page that asks for a password to an answer and out again.

As a browser does it: authorization code with PKCE (RFC 7636), at the pool's own pages.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest

from cli.connection import Connection
from cli.local.layout import Layout
from cli.local.people import people
from nexus.adapters.oidc.tokens import FORGED, UNSIGNED
from nexus.sign_in.people import ENDED
from tests.e2e.conftest import ROOT, Deployed
from tests.e2e.waiting import eventually

PAGE = "http://localhost:3000"


@dataclass
class Browser:
    """A page of the stage's, in a browser that keeps cookies."""

    base: str
    client_id: str

    def __post_init__(self) -> None:
        self.http = httpx2.Client(base_url=self.base, timeout=30, trust_env=False)

    def code(self, email: str, password: str, challenge: str) -> str:
        """What the pool leads back with, once the password is right; "" if it is not."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": f"{PAGE}/callback",
            "scope": "openid email profile",
            "state": "of-the-page",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        page = self.http.get(
            "/oauth2/authorize",
            params=asked,
            headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
        )
        while page.is_redirect:
            page = self.http.get(page.headers["location"])
        action = re.search(r'<form[^>]*action="([^"]*)"', page.text)
        fields = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page.text))
        fields = {name: html.unescape(value) for name, value in fields.items()}
        assert action, page.text
        sent = self.http.post(
            urljoin(str(page.url), html.unescape(action[1])),
            data={**fields, "username": email, "password": password},
            headers={"origin": self.base, "sec-fetch-site": "same-origin"},
        )
        back = urlsplit(sent.headers.get("location", ""))
        query = parse_qs(back.query)
        assert back.netloc in ("", urlsplit(PAGE).netloc)
        return query.get("code", [""])[0]

    def token(self, **asked: str) -> httpx2.Response:
        """What the page asks the pool for, from its own origin."""
        return self.http.post(
            "/oauth2/token",
            data={"client_id": self.client_id, "redirect_uri": f"{PAGE}/callback", **asked},
            headers={"origin": PAGE, "sec-fetch-site": "cross-site"},
        )


def pkce() -> tuple[str, str]:
    """A verifier, and its challenge."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def layout() -> Layout:
    return Layout(ROOT)


@pytest.fixture(scope="module")
def browser(stack: Deployed, connection: Connection) -> Browser:
    address = urlsplit(stack.url)
    base = f"{address.scheme}://{address.netloc}"
    return Browser(base, connection.deployment.user_pool_client)


def signed_in(browser: Browser, email: str, layout: Layout) -> dict[str, str]:
    """The tokens of one of the demo people."""
    [person] = [one for one in people(layout) if one.email == email]
    verifier, challenge = pkce()
    code = browser.code(person.email, person.password, challenge)
    found = browser.token(grant_type="authorization_code", code=code, code_verifier=verifier)
    assert found.status_code == 200, found.text
    assert found.headers["access-control-allow-origin"] == PAGE
    return dict(found.json())


def bearer(stack: Deployed, method: str, path: str, token: str, body: Any = None) -> Any:
    headers = {"authorization": f"Bearer {token}"}
    return httpx2.request(
        method, stack.url + path, json=body, headers=headers, timeout=60, trust_env=False
    )


def test_a_person_signs_in_asks_and_signs_out(
    stack: Deployed, browser: Browser, layout: Layout
) -> None:
    tokens = signed_in(browser, "ana@example.org", layout)
    token = tokens["id_token"]
    me = bearer(stack, "GET", "/v1/me", token).json()
    assert me == {
        "kind": "person",
        "name": "ana@example.org",
        "tenant": "demo",
        "role": "user",
        "groups": ["finance"],
    }
    question = {"message": "What is the fine for returning a book late?"}
    answered = bearer(stack, "POST", "/v1/chat", token, question)
    assert answered.status_code == 200, answered.text
    assert answered.json()["sources"]
    assert bearer(stack, "GET", "/v1/metrics", token).status_code == 403

    ended = bearer(
        stack, "DELETE", "/v1/session", token, {"refresh_token": tokens["refresh_token"]}
    )
    assert ended.json() == {"ended": True, "refresh_token": "revoked"}
    renewed = browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert renewed.status_code == 400

    def refused() -> Any:
        found = bearer(stack, "GET", "/v1/me", token)
        return found if found.status_code == 401 else None

    told = eventually(refused, "sign-in refused", 75)
    assert told.headers["content-type"] == "application/problem+json"
    assert told.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert (told.json()["status"], told.json()["detail"]) == (401, ENDED)
    other = signed_in(browser, "ana@example.org", layout)["id_token"]
    assert bearer(stack, "GET", "/v1/me", other).status_code == 200


def test_people_of_another_group_are_others(
    stack: Deployed, browser: Browser, layout: Layout
) -> None:
    token = signed_in(browser, "budi@example.org", layout)["id_token"]
    assert bearer(stack, "GET", "/v1/me", token).json()["groups"] == ["hr"]


def test_a_wrong_password_and_a_wrong_verifier_lead_nowhere(
    browser: Browser, layout: Layout
) -> None:
    [person, *_] = people(layout)
    verifier, challenge = pkce()
    assert browser.code(person.email, "wrong-Passw0rd!", challenge) == ""
    code = browser.code(person.email, person.password, challenge)
    stolen = browser.token(grant_type="authorization_code", code=code, code_verifier=verifier[::-1])
    assert stolen.status_code == 400


def test_a_token_that_is_not_the_pool_s_is_refused_at_the_gateway(
    stack: Deployed, browser: Browser, layout: Layout
) -> None:
    header, _, signature = signed_in(browser, "ana@example.org", layout)["id_token"].split(".")
    claims = {"sub": "x", "custom:tenant": "demo", "cognito:groups": ["admins"]}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    forged = bearer(stack, "GET", "/v1/me", f"{header}.{body}.{signature}")
    assert (forged.status_code, forged.json()["detail"]) == (401, FORGED)
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    unsigned = bearer(stack, "GET", "/v1/me", f"{none}.{body}.")
    assert (unsigned.status_code, unsigned.json()["detail"]) == (401, UNSIGNED)


def test_an_access_token_names_no_tenant_and_is_told_so(
    stack: Deployed, browser: Browser, layout: Layout
) -> None:
    token = signed_in(browser, "ana@example.org", layout)["access_token"]
    refused = bearer(stack, "GET", "/v1/me", token)
    assert refused.status_code == 401
    assert "organisation" in refused.json()["detail"]


def test_keys_go_on_in_both_headers_and_unknown_ones_are_the_gateway_s_to_refuse(
    stack: Deployed,
) -> None:
    assert bearer(stack, "GET", "/v1/me", stack.key).json()["kind"] == "key"
    for refused in (
        bearer(stack, "GET", "/v1/me", "nx_nobody-has-this-key-at-all"),
        stack.call("GET", "/v1/me", key=""),
        stack.call("GET", "/v1/me", key="nx_nobody-has-this-key-at-all"),
    ):
        assert refused.status_code == 403
        assert "API key is missing, not known" in refused.json()["detail"]


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/revoke", "/login"])
def test_no_page_of_another_origin_may_use_the_pool(browser: Browser, path: str) -> None:
    for origin in ("https://evil.example", "null"):
        sent = browser.http.post(
            path, data={"a": "b"}, headers={"origin": origin, "sec-fetch-site": "cross-site"}
        )
        assert sent.status_code == 403
        assert "access-control-allow-origin" not in sent.headers
