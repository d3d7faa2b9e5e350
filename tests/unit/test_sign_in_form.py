"""The local sign-in form is filled in for who comes by this run's link, and for nobody else."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from cli.local.access.sign_in_form import PRIVATE, filled, people_for

HINT = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
ANA = {"email": "ana@example.org", "group": "finance", "password": 'a"<b>&1'}
BUDI = {"email": "budi@example.org", "group": "hr", "password": "b2"}
# As the emulator writes it (ministack, services/cognito.py).
FORM = """<html><body><form method="POST" action="/login">
<input type="hidden" name="client_id" value="abc">
<input type="hidden" name="state" value="of-the-page">
<input type="hidden" name="code_challenge" value="c">
<label for="username">Username</label>
<input type="text" id="username" name="username" autocomplete="username" required autofocus>
<label for="password">Password</label>
<input type="password" id="password" name="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form></body></html>"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "demo-people.json"
    path.write_text(json.dumps({ANA["email"]: ANA, BUDI["email"]: BUDI, "hint": HINT}))
    return path


def test_with_the_hint_of_this_run_all_demo_people_are_known(file: Path) -> None:
    assert people_for(HINT, file) == [ANA, BUDI]


@pytest.mark.parametrize("hint", ["", HINT[:-1], HINT.upper(), "ana@example.org", "é"])
def test_with_another_hint_or_none_nobody_is(file: Path, hint: str) -> None:
    assert people_for(hint, file) == []


@pytest.mark.parametrize("held", ["", "[]", "{", '{"hint": ""}', '{"ana": {}, "hint": null}'])
def test_a_file_that_says_no_hint_lets_nobody_in_with_none(tmp_path: Path, held: str) -> None:
    path = tmp_path / "people.json"
    assert people_for("", path) == []
    path.write_text(held)
    assert people_for("", path) == []


def test_the_form_holds_the_first_person_and_offers_the_others() -> None:
    page = filled(FORM, [ANA, BUDI])
    first, second = re.findall(r"<form.*?</form>", page, re.DOTALL)
    assert f'name="username" value="{ANA["email"]}"' in first
    assert f'name="password" value="{html.escape(ANA["password"])}"' in first
    assert "Sign in as ana@example.org (finance)" in first
    assert "Sign in as budi@example.org (hr)" in second
    for name in ("client_id", "state", "code_challenge"):
        assert f'name="{name}"' in second


def test_what_a_person_is_called_is_written_as_text() -> None:
    page = filled(FORM, [{**ANA, "group": "<script>"}, {**BUDI, "password": '"><script>'}])
    assert "<script>" not in page


def test_the_form_is_kept_by_nobody_and_shown_in_no_frame() -> None:
    assert PRIVATE["Cache-Control"] == "no-store"
    assert PRIVATE["Content-Security-Policy"] == "frame-ancestors 'none'"
