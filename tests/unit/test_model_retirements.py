"""Warnings of models that OpenAI switches off."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import openai
import pytest

from cli.model_retirements import retirement_warning
from nexus.settings import Settings

RETIRES = date(2027, 1, 14)


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (-181, None),
        (-180, "will be retired on 2027-01-14"),
        (-1, "will be retired on 2027-01-14"),
        (0, "was retired on 2027-01-14"),
        (900, "was retired on 2027-01-14"),
    ],
)
def test_the_warning_begins_half_a_year_before_and_never_ends(days, says):
    warning = retirement_warning("gpt-4o-mini", RETIRES + timedelta(days=days))

    assert warning is None if says is None else says in (warning or "")


def test_names_are_whole_names_with_or_without_a_provider():
    assert retirement_warning("openai/gpt-4.1", RETIRES)
    assert retirement_warning("gpt-4o-transcribe", date(2027, 2, 26))
    assert retirement_warning("my-gpt-4o", RETIRES) is None
    assert retirement_warning("gpt-4", RETIRES) != retirement_warning("gpt-4o", RETIRES)


def test_the_models_that_settings_default_to_are_not_about_to_retire():
    settings = Settings()

    for model in (settings.chat_model, settings.embedding_model):
        assert retirement_warning(model, date(2026, 11, 20)) is None


def test_the_table_says_what_the_installed_sdk_says():
    announced = re.compile(r'- ((?:"[\w.-]+",? ?)+): Announced shutdown date: (\d{4}-\d\d-\d\d)')
    types = Path(openai.__file__).parent / "types"
    files = ("shared/chat_model.py", "audio_model.py", "audio/speech_model.py")
    seen = 0
    for file in files:
        text = " ".join((types / file).read_text().split())
        for names, day in announced.findall(text):
            for name in re.findall(r'"([^"]+)"', names):
                seen += 1
                assert f"on {day};" in (retirement_warning(name, date.fromisoformat(day)) or ""), (
                    name
                )
    assert seen > 50
