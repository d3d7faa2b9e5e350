"""A token is believed only if its provider signed it, for this service, and it is valid now."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from nexus.adapters.oidc import tokens as sentences
from nexus.adapters.oidc.key_set import (
    FRESH_S,
    HELD_S,
    PAUSE_AFTER_FAILURE_S,
    PAUSE_S,
    KeySet,
)
from nexus.errors import NotSignedIn, UpstreamUnavailable
from tests.fakes import FakeClock
from tests.people import KEYS_URL, Provider


@pytest.fixture(scope="module")
def provider() -> Provider:
    made = Provider()
    made.add("elliptic", elliptic=True)
    made.add("short", bits=1024)
    return made


def told(provider: Provider, token: str) -> str:
    with pytest.raises(NotSignedIn) as refused:
        provider.verifier().claims(token)
    assert not set(str(refused.value)) & set('"\\\n'), "it stands inside the gateway's JSON"
    return str(refused.value)


@pytest.mark.parametrize("key_id", ["one", "elliptic"])
def test_a_token_of_the_provider_is_believed(provider: Provider, key_id: str) -> None:
    assert provider.verifier().claims(provider.token(key_id))["sub"] == "ana"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"exp": int(time.time()) - 3600}, sentences.EXPIRED),
        ({"nbf": int(time.time()) + 3600}, sentences.EARLY),
        ({"iat": int(time.time()) + 3600}, sentences.EARLY),
        ({"iss": "https://other.example"}, sentences.FOREIGN_ISSUER),
        ({"iss": "https://provider.example/pool/"}, sentences.FOREIGN_ISSUER),
        ({"aud": "another"}, sentences.FOREIGN_AUDIENCE),
        ({"aud": None}, sentences.FOREIGN_AUDIENCE),
        ({"aud": "another", "client_id": "client-1"}, sentences.FOREIGN_AUDIENCE),
        ({"aud": {"client-1": 1}}, sentences.FOREIGN_AUDIENCE),
        ({"token_use": "refresh"}, sentences.WRONG_USE),
        ({"exp": None}, sentences.INCOMPLETE),
        ({"sub": None}, sentences.INCOMPLETE),
        ({"iat": None}, sentences.INCOMPLETE),
        ({"exp": "soon"}, sentences.UNREADABLE),
        ({"exp": float("inf")}, sentences.UNREADABLE),
        ({"sub": 7}, sentences.UNREADABLE),
    ],
)
def test_what_a_token_says_wrong_is_told(
    provider: Provider, said: dict[str, Any], sentence: str
) -> None:
    assert told(provider, provider.token(**said)) == sentence


def test_clocks_may_differ_by_a_minute(provider: Provider) -> None:
    now = int(time.time())
    provider.verifier().claims(provider.token(exp=now - 40, nbf=now + 40, iat=now + 40))


@pytest.mark.parametrize(
    "said", [{"aud": ["x", "client-1"]}, {"aud": None, "client_id": "client-1"}]
)
def test_an_audience_is_one_of_several_or_cognito_s_client(
    provider: Provider, said: dict[str, Any]
) -> None:
    provider.verifier().claims(provider.token(**said))


def test_a_token_without_a_signature_is_refused(provider: Provider) -> None:
    for algorithm in ("none", "None", "NONE"):
        header = base64.urlsafe_b64encode(
            json.dumps({"alg": algorithm, "kid": "one", "typ": "JWT"}).encode()
        ).rstrip(b"=")
        body = provider.token().split(".")[1]
        assert told(provider, f"{header.decode()}.{body}.") == sentences.UNSIGNED


def test_a_public_key_is_no_secret(provider: Provider) -> None:
    public = provider.keys["one"].public_key()
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for secret in (pem, json.dumps(provider.jwk("one")).encode()):
        header, body, _ = provider.token().split(".")
        header = jwt.utils.base64url_encode(b'{"alg":"HS256","kid":"one"}').decode()
        signed = f"{header}.{body}".encode()
        algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
        signature = jwt.utils.base64url_encode(algorithm.sign(signed, secret)).decode()
        assert told(provider, f"{header}.{body}.{signature}") == sentences.UNSIGNED


def test_a_key_signs_by_its_own_algorithm_alone(provider: Provider) -> None:
    _, body, signature = provider.token("elliptic").split(".")
    header = jwt.utils.base64url_encode(b'{"alg":"RS256","kid":"elliptic"}').decode()
    assert told(provider, f"{header}.{body}.{signature}") == sentences.UNSIGNED


def test_an_unknown_key_another_s_key_and_a_short_one_are_refused(provider: Provider) -> None:
    stranger = Provider()
    assert told(provider, stranger.token(header={"kid": "two"})) == sentences.UNKNOWN_KEY
    nameless = jwt.encode(provider.claims(), provider.keys["one"], "RS256")
    assert told(provider, nameless) == sentences.UNKNOWN_KEY
    assert told(provider, stranger.token()) == sentences.FORGED
    assert told(provider, provider.token("short")) == sentences.UNKNOWN_KEY


@pytest.mark.parametrize(
    "token",
    [
        "a.b.c",
        "..",
        "e30.e30.e30",
        "x" * 20_000 + ".b.c",
        base64.urlsafe_b64encode(b"[" * 5_000).decode() + ".b.c",
    ],
)
def test_what_is_no_token_is_told_so(provider: Provider, token: str) -> None:
    assert told(provider, token) in (sentences.UNREADABLE, sentences.UNSIGNED)


def test_a_provider_with_one_key_need_not_name_it() -> None:
    alone = Provider()
    nameless = jwt.encode(alone.claims(), alone.keys["one"], "RS256")
    assert alone.verifier().claims(nameless)["sub"] == "ana"
    stranger = Provider()
    assert told(alone, jwt.encode(alone.claims(), stranger.keys["one"], "RS256")) == (
        sentences.FORGED
    )


def test_a_changed_token_is_forged(provider: Provider) -> None:
    header, _, signature = provider.token().split(".")
    other = provider.token(tenant="rival").split(".")[1]
    assert told(provider, f"{header}.{other}.{signature}") == sentences.FORGED


def test_rotated_keys_are_picked_up_and_old_ones_end() -> None:
    clock, provider = FakeClock(), Provider()
    verifier = provider.verifier(clock)
    verifier.claims(provider.token())
    old = provider.token()
    provider.add("two")
    del provider.keys["one"]
    clock.advance(PAUSE_S)
    verifier.claims(provider.token("two"))
    with pytest.raises(NotSignedIn):
        verifier.claims(old)


def test_keys_are_asked_for_seldom_whoever_sends_unknown_ones() -> None:
    clock, provider = FakeClock(), Provider()
    keys = KeySet(KEYS_URL, provider.fetch, clock)
    for number in range(1_000):
        assert keys.key(f"unknown-{number}") is None
        assert keys.key("one") is not None
    assert provider.asked == 1
    for _ in range(10):
        clock.advance(PAUSE_S)
        keys.key("unknown")
    assert provider.asked == 11
    clock.advance(FRESH_S)
    keys.key("one")
    keys.key("one")
    assert provider.asked == 12


def test_without_the_provider_nobody_unknown_is_let_in_and_known_keys_hold_for_an_hour() -> None:
    clock, provider = FakeClock(), Provider()
    provider.failing = True
    verifier = provider.verifier(clock)
    for _ in range(5):
        with pytest.raises(UpstreamUnavailable):
            verifier.claims(provider.token())
    assert provider.asked == 1
    provider.failing = False
    clock.advance(PAUSE_AFTER_FAILURE_S)
    verifier.claims(provider.token())
    provider.failing = True
    clock.advance(FRESH_S + 1)
    verifier.claims(provider.token())
    with pytest.raises(UpstreamUnavailable):  # it may have a new key, which nobody can tell
        verifier.claims(provider.token(header={"kid": "two"}))
    clock.advance(HELD_S)
    with pytest.raises(UpstreamUnavailable):
        verifier.claims(provider.token())


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"keys": 1}', b"<html>", b"\xff"])
def test_what_is_no_set_of_keys_is_as_no_answer(answer: bytes) -> None:
    with pytest.raises(UpstreamUnavailable):
        KeySet(KEYS_URL, lambda _: answer).key("one")
