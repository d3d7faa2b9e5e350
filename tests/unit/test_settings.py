"""Settings come from the environment, and a wrong one is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nexus.budgets.accounts import HELD_S
from nexus.errors import ConfigurationError
from nexus.model_settings import LONGEST_REQUEST_S
from nexus.settings import Settings
from nexus.taken_requests import CLAIMED_S


def test_an_absent_or_empty_variable_takes_the_default() -> None:
    assert Settings.from_environ({"NEXUS_TOP_K": ""}) == Settings()


def test_values_are_parsed_by_their_type() -> None:
    settings = Settings.from_environ(
        {
            "NEXUS_TOP_K": "7",
            "NEXUS_REFUSE_BELOW": "0.5",
            "NEXUS_CORS_ORIGINS": "https://a.example, https://b.example",
            "NEXUS_VECTOR_INDEX": "sqlite",
            "NEXUS_READ_HIDDEN": "true",
        }
    )
    assert (settings.top_k, settings.refuse_below) == (7, 0.5)
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.vector_index == "sqlite"
    assert settings.off_topic_below is None
    assert settings.read_hidden
    assert Settings.from_environ({"NEXUS_OFF_TOPIC_BELOW": "0"}).off_topic_below == 0


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("NEXUS_TOP_K", "many"),
        ("NEXUS_TOP_K", "21"),
        ("NEXUS_TOP_K", "0"),
        ("NEXUS_REFUSE_BELOW", "1.5"),
        ("NEXUS_REFUSE_BELOW", "nan"),
        ("NEXUS_READ_HIDDEN", "perhaps"),
        ("NEXUS_GATE", "closed"),
        ("NEXUS_OFF_TOPIC_BELOW", "1.5"),
        ("NEXUS_OFF_TOPIC_BELOW", "-0.1"),
        ("NEXUS_OFF_TOPIC_BELOW", "nan"),
        ("NEXUS_VECTOR_INDEX", "faiss"),
        ("NEXUS_EMBEDDING_DIMENSION", "0"),
        ("NEXUS_CHAT_API", "telepathy"),
        ("OTEL_TRACES_SAMPLER_ARG", "1.01"),
        ("OTEL_TRACES_SAMPLER_ARG", "-0.1"),
        ("NEXUS_CHUNK_CHARS", "199"),
        ("NEXUS_CHUNK_OVERLAP", "501"),
        ("NEXUS_CHUNK_OVERLAP", "-1"),
        ("NEXUS_REQUEST_DEADLINE_S", "30.1"),
        ("NEXUS_REQUEST_DEADLINE_S", "0.5"),
    ],
)
def test_a_wrong_value_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=variable):
        Settings.from_environ({variable: value})


def test_the_generation_changes_with_all_that_decides_chunks_and_vectors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    base = Settings()
    changes = (
        {"embedding_model": "other"},
        {"embedding_dimension": 64},
        {"chunk_chars": 900},
        {"chunk_overlap": 100},
    )
    ids = {replace(base, **change).generation.generation_id for change in ({}, *changes)}
    assert len(ids) == 5
    monkeypatch.setattr("nexus.settings.CHUNKER_VERSION", 99)
    assert base.generation.generation_id not in ids
    ids.add(base.generation.generation_id)
    monkeypatch.setattr("nexus.settings.SEARCH_FORM_VERSION", 99)
    assert base.generation.generation_id not in ids
    assert replace(base, chat_model="other").generation == base.generation


def test_an_overlap_that_chunks_cannot_hold_names_both_variables() -> None:
    fitting = {"NEXUS_CHUNK_CHARS": "400", "NEXUS_CHUNK_OVERLAP": "200"}
    assert Settings.from_environ(fitting).chunk_overlap == 200
    with pytest.raises(ConfigurationError, match=r"CHUNK_OVERLAP.*NEXUS_CHUNK_CHARS.*201 and 400"):
        Settings.from_environ({**fitting, "NEXUS_CHUNK_OVERLAP": "201"})


def test_a_deadline_that_would_outlive_what_a_request_holds_is_refused() -> None:
    longest = Settings.from_environ({"NEXUS_REQUEST_DEADLINE_S": f"{LONGEST_REQUEST_S}"})
    assert longest.request_deadline_s < CLAIMED_S
    assert longest.request_deadline_s <= HELD_S / 2
    with pytest.raises(ConfigurationError, match=r"it is 41.*Idempotency-Key.*set a shorter time"):
        Settings.from_environ({"NEXUS_REQUEST_DEADLINE_S": f"{CLAIMED_S + 1}"})
