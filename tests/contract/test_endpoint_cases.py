"""Endpoints as they are: what each scripted one answers, and what a user gets of it.

The cases are files in tests/golden/endpoints; `python -m tests.check_endpoints` plays them at their
own pace.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.check_endpoints import problems_of

CASES = sorted((Path(__file__).parents[1] / "golden" / "endpoints").glob("*.json"))
# A slow endpoint is played this much faster, and what it may take is measured as if it were not.
SPEED = 10.0


def test_all_cases_are_there() -> None:
    own = [path for path in CASES if path.stem.startswith("also-")]
    assert len(CASES) - len(own) == 39
    assert len(own) >= 25


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_user_gets_what_is_wanted(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    assert problems_of(case, SPEED if case.get("slow") else 1.0) == []
