"""The last day's figures: what is told, to whom, how often it is read, and in which forms."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from nexus.errors import NotAllowed
from nexus.http.accepting import preferred
from nexus.metric_names import METRICS
from nexus.models import Figure
from nexus.operations.figures import ALL, BELIEVED_S, DAY_S, Figures
from nexus.operations.prometheus import exposition
from tests.fake_figures import FakeFigures
from tests.fakes import FakeClock

FORMS = {"json": "application/json", "prometheus": "text/plain"}
# As Prometheus sends it: https://prometheus.io/docs/instrumenting/content_negotiation/
SCRAPER = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
)
REQUESTS = Figure("requests", "Sum")
BY_ROUTE = Figure("requests", "Sum", "route")


def test_every_figure_is_of_a_metric_as_it_is_kept() -> None:
    for figure in ALL:
        kept = (figure.by,) if figure.by else ()
        assert kept in METRICS[figure.metric].by, figure


def test_nothing_is_told_by_client() -> None:
    assert not [
        one
        for one in ALL
        if one.by == "client" or one.metric in ("client_tokens", "client_dollars")
    ]


def test_what_was_not_recorded_is_no_requests_and_no_known_average() -> None:
    day = Figures(FakeFigures({}), "prod").last_day()
    assert day.sections["traffic"]["requests"] == 0
    assert day.sections["traffic"]["requests_by_route"] == {}
    assert day.sections["refusals"]["share"] is None


def test_a_reading_of_24_hours_is_believed_for_a_minute() -> None:
    clock, source = FakeClock(), FakeFigures({})
    figures = Figures(source, "prod", now=clock)
    begun = clock()
    for _ in range(3):
        figures.last_day()
    assert source.asked == [(begun - DAY_S, begun)]
    clock.advance(BELIEVED_S)
    figures.last_day()
    assert len(source.asked) == 2


@pytest.mark.parametrize(
    ("named", "tenant", "told"),
    [
        ((), "acme", False),
        (("acme",), "acme", True),
        (("acme",), "rival", False),
        (("*",), "rival", True),
        (("acme",), "*", False),
    ],
)
def test_only_tenants_that_the_stage_names_see_it(
    named: tuple[str, ...], tenant: str, told: bool
) -> None:
    source = FakeFigures({REQUESTS: {"": 3.0}})
    figures = Figures(source, "prod", named)
    if told:
        assert figures.for_tenant(tenant).sections["traffic"]["requests"] == 3
    else:
        with pytest.raises(NotAllowed, match="NEXUS_METRICS_TENANTS"):
            figures.for_tenant(tenant)
        assert not source.asked


def parsed(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.type == "gauge"
        assert family.documentation
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in found, "a series stands there once"
            found[key] = sample.value
    return found


def test_prometheus_reads_what_the_json_tells() -> None:
    source = FakeFigures({REQUESTS: {"": 5.0}, BY_ROUTE: {"/v1/chat": 4.0, "/ready": 1.0}}, False)
    found = parsed(exposition(Figures(source, "prod").last_day()))
    stage = ("stage", "prod")
    assert found[("nexus_day_traffic_requests", (stage,))] == 5
    by_route = "nexus_day_traffic_requests_by_route"
    assert found[(by_route, (("route", "/v1/chat"), stage))] == 4
    assert found[(by_route, (("route", "/ready"), stage))] == 1
    assert found[("nexus_day_complete", (stage,))] == 0
    assert not [name for name, _ in found if name.endswith("refusals_share")]


# What the parser, a line at a time by "\n", and the format can hold.
_VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=20)


@given(
    st.dictionaries(_VALUES, st.floats(allow_nan=False), min_size=1, max_size=5),
    _VALUES,
)
def test_any_value_of_a_label_and_any_number_survives_the_format(
    values: dict[str, float], stage: str
) -> None:
    text = exposition(Figures(FakeFigures({BY_ROUTE: values}), stage).last_day())
    found = parsed(text)
    for value, number in values.items():
        labels = tuple(sorted({"route": value, "stage": stage}.items()))
        got = found[("nexus_day_traffic_requests_by_route", labels)]
        assert got == number or math.isclose(got, number)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", "json"),
        ("", "json"),
        ("application/json", "json"),
        ("text/plain", "prometheus"),
        (SCRAPER, "prometheus"),
        ("text/plain;q=0.2, application/json;q=0.9", "json"),
        ("text/*, application/json;q=0.5", "prometheus"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "json"),
        ("text/plain;q=nonsense", "json"),
        ("text/plain;q=0, */*", "json"),
        ("," * 100_000, "json"),
    ],
)
def test_the_form_is_what_the_request_prefers(accept: str, form: str) -> None:
    assert preferred(accept, FORMS) == form
