"""The local pool is for browsers, as Cognito is; a page reads from it if the stage names it."""

from __future__ import annotations

import pytest

from cli.local.access import credentials
from cli.local.access.emulator import Guarded
from cli.local.access.sign_in import SignInRules
from tests.unit.test_local_access import EVIL, OWN, PORT, OneOrigin, call, everything

PAGE = "http://localhost:3000"
KEYS = "/us-east-1_AbC123/.well-known/jwks.json"
NAVIGATES = {"sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site"}
READS = {"sec-fetch-mode": "cors", "sec-fetch-site": "cross-site"}


@pytest.fixture
def emulator() -> Guarded:
    known = {credentials.ACCESS_KEY_ID: "secret"}
    return Guarded(everything, OneOrigin(), PORT, known.get, SignInRules([PAGE]))


@pytest.mark.parametrize("path", ["/oauth2/authorize?client_id=a", "/login", "/logout"])
def test_a_browser_comes_from_any_page_and_no_page_reads_what_it_sees(
    emulator: Guarded, path: str
) -> None:
    assert call(emulator, "GET", OWN + path, NAVIGATES).status_code == 200
    for origin in (EVIL, "null"):
        assert call(emulator, "GET", OWN + path, {**READS, "origin": origin}).status_code == 403
    assert "access-control-allow-origin" not in call(emulator, "GET", OWN + path, NAVIGATES).headers


def test_a_password_is_sent_from_the_pool_s_own_page_alone(emulator: Guarded) -> None:
    own = {"origin": OWN, "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate"}
    assert call(emulator, "POST", f"{OWN}/login", own).status_code == 200
    for origin in (EVIL, PAGE):
        sent = call(emulator, "POST", f"{OWN}/login", {**NAVIGATES, "origin": origin})
        assert sent.status_code == 403


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/revoke", "/oauth2/userInfo", KEYS])
def test_the_stage_s_page_reads_and_no_other_does(emulator: Guarded, path: str) -> None:
    read = call(emulator, "POST", OWN + path, {**READS, "origin": PAGE})
    assert read.status_code == 200
    assert read.headers["access-control-allow-origin"] == PAGE
    asked = call(emulator, "OPTIONS", OWN + path, {**READS, "origin": PAGE})
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, PAGE)
    for origin in (EVIL, "null"):
        for method in ("GET", "POST", "OPTIONS"):
            refused = call(emulator, method, OWN + path, {**READS, "origin": origin})
            assert refused.status_code == 403
            assert "access-control-allow-origin" not in refused.headers


def test_programs_ask_for_tokens_and_keys_without_an_aws_signature(emulator: Guarded) -> None:
    assert call(emulator, "GET", OWN + KEYS).status_code == 200
    assert call(emulator, "POST", f"{OWN}/oauth2/token", body=b"grant_type=x").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/oauth2/token/../secrets",
        "/oauth2/idpresponse",
        "/bucket/.well-known/jwks.json",
        "/us-east-1_AbC/x/.well-known/jwks.json",
        "/loginx",
        "/logout/x",
    ],
)
def test_nothing_else_is_open(emulator: Guarded, path: str) -> None:
    assert call(emulator, "POST", OWN + path).status_code == 403


def test_a_name_that_points_here_is_no_way_in(emulator: Guarded) -> None:
    sent = call(emulator, "GET", f"{OWN}/login", {**NAVIGATES, "host": f"evil.example:{PORT}"})
    assert sent.status_code == 403
