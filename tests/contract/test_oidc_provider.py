"""Signing in at a provider that is not Cognito: a real server, over real sockets, to an answer.

It has keys of its own making, an issuer that is its address, and claims under other names.
"""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from starlette.testclient import TestClient

from nexus.adapters.oidc import tokens as sentences
from nexus.adapters.oidc.key_set import KeySet
from nexus.adapters.oidc.tokens import JwtVerifier
from nexus.errors import NotSignedIn, UpstreamUnavailable
from nexus.sign_in.claims import ClaimNames
from nexus.sign_in.people import ENDED, People
from tests.functions.chat_services import World
from tests.functions.gateway import chat_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from oidc_provider_mock import User, run_server_in_thread

CLIENT = "the-page"
NAMES = ClaimNames("org", "", "teams", "job", ("head",), "email")
ANA = User(sub="ana", claims={"org": "acme", "teams": ["finance"], "email": "ana@acme.example"})
NOBODY = User(sub="nobody", claims={"teams": ["finance"]})


@contextmanager
def provider(**more: Any) -> Iterator[str]:
    with run_server_in_thread(user_claims=(ANA, NOBODY), **more) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider() as running:
        yield running


def signed_in(issuer: str, who: str = "ana", client: str = CLIENT) -> str:
    """The ID token that a person's sign-in ends with."""
    with httpx2.Client(base_url=issuer, trust_env=False, timeout=10) as browser:
        found = browser.get("/.well-known/openid-configuration").json()
        asked = {
            "response_type": "code",
            "client_id": client,
            "redirect_uri": "https://page.example/callback",
            "scope": "openid email",
            "state": "s",
        }
        back = browser.post(found["authorization_endpoint"], params=asked, data={"sub": who})
        [code] = parse_qs(urlsplit(back.headers["location"]).query)["code"]
        made = browser.post(
            found["token_endpoint"],
            data={
                "grant_type": "authorization_code",
                "code": code,
                "client_id": client,
                "client_secret": "any",
                "redirect_uri": asked["redirect_uri"],
            },
        )
    return str(made.json()["id_token"])


def verifier(issuer: str, named: str = "", audience: str = CLIENT) -> JwtVerifier:
    return JwtVerifier(KeySet(f"{issuer}/jwks"), named or issuer, (audience,))


def told(checks: JwtVerifier, token: str) -> str:
    with pytest.raises(NotSignedIn) as refused:
        checks.claims(token)
    return str(refused.value)


def test_a_person_of_the_provider_s_gets_an_answer_and_signs_out(issuer: str) -> None:
    world = World()
    people = People(verifier(issuer), world.ended_sign_ins, NAMES)
    app = chat_app(replace(world.services, people=people))
    api = TestClient(app, headers={"authorization": f"Bearer {signed_in(issuer)}"})
    answered = api.post("/v1/chat", json={"message": "How much is the tuition fee?"})
    assert answered.status_code == 200, answered.text
    assert answered.json()["sources"]
    assert api.get("/v1/me").json() == {
        "kind": "person",
        "name": "ana@acme.example",
        "tenant": "acme",
        "role": "user",
        "groups": ["finance"],
    }
    assert api.delete("/v1/session").status_code == 200
    anew = People(verifier(issuer), world.ended_sign_ins, NAMES)  # a process that remembers nothing
    later = TestClient(chat_app(replace(world.services, people=anew)), headers=dict(api.headers))
    refused = later.get("/v1/me")
    assert (refused.status_code, refused.json()["detail"]) == (401, ENDED)


def test_an_expired_token_is_refused() -> None:
    with provider(access_token_max_age=timedelta(hours=-1)) as issuer:
        assert told(verifier(issuer), signed_in(issuer)) == sentences.EXPIRED


def test_another_issuer_s_and_another_application_s_tokens_are_refused(issuer: str) -> None:
    token = signed_in(issuer)
    assert told(verifier(issuer, "https://other.example"), token) == sentences.FOREIGN_ISSUER
    assert told(verifier(issuer, audience="another"), token) == sentences.FOREIGN_AUDIENCE


def test_another_provider_s_key_is_refused(issuer: str) -> None:
    with provider() as other:
        token = signed_in(other)
    # It names no key, as this provider has one alone (tests/unit/test_tokens.py: one that does).
    assert told(verifier(issuer), token) == sentences.FORGED


def test_no_signature_and_the_public_key_as_a_secret_are_refused(issuer: str) -> None:
    header, body, _ = signed_in(issuer).split(".")
    said = json.loads(base64.urlsafe_b64decode(header + "=="))
    [key] = httpx2.get(f"{issuer}/jwks", trust_env=False).json()["keys"]
    none = jwt.utils.base64url_encode(json.dumps({**said, "alg": "none"}).encode()).decode()
    assert told(verifier(issuer), f"{none}.{body}.") == sentences.UNSIGNED
    pem = jwt.PyJWK(key, "RS256").key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    hashed = jwt.utils.base64url_encode(json.dumps({**said, "alg": "HS256"}).encode()).decode()
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = jwt.utils.base64url_encode(algorithm.sign(f"{hashed}.{body}".encode(), pem))
    forged = f"{hashed}.{body}.{signature.decode()}"
    assert told(verifier(issuer), forged) == sentences.UNSIGNED


def test_who_has_no_tenant_is_nobody(issuer: str) -> None:
    world = World()
    people = People(verifier(issuer), world.ended_sign_ins, NAMES)
    with pytest.raises(NotSignedIn) as refused:
        people.caller(signed_in(issuer, "nobody"))
    assert "organisation" in str(refused.value)


def test_without_the_provider_nothing_is_decided() -> None:
    with provider() as issuer:
        token = signed_in(issuer)
    with pytest.raises(UpstreamUnavailable):
        verifier(issuer).claims(token)
