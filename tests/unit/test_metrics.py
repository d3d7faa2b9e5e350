"""Metrics are lines that CloudWatch reads, apart by stage, and hold no text."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus import metrics
from nexus.errors import ConfigurationError
from nexus.metric_names import METRICS
from nexus.models import Usage
from nexus.ports import Completion, Message
from nexus.spending import SpendingChat, prices_of


@pytest.fixture(autouse=True)
def nothing_pending() -> None:
    metrics.written("test", 0)


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in metrics.written("prod", 1_800_000_000_000)]


def test_a_line_names_each_metric_in_each_set_of_its_dimensions() -> None:
    metrics.record("requests", route="/v1/chat")
    metrics.record("server_errors", 0)
    [line] = lines()
    assert (line["stage"], line["route"], line["requests"]) == ("prod", "/v1/chat", [1.0])
    directives = line["_aws"]["CloudWatchMetrics"]
    by = {one["Metrics"][0]["Name"]: one["Dimensions"] for one in directives}
    assert by == {"requests": [["stage"], ["stage", "route"]], "server_errors": [["stage"]]}
    assert {one["Namespace"] for one in directives} == {"Nexus"}


def test_values_that_differ_in_a_dimension_stand_in_lines_of_their_own() -> None:
    for dependency in ("index", "catalogue", "index"):
        metrics.called(dependency, 5.0, failed=False)
    found = {line["dependency"]: line["upstream_duration"] for line in lines()}
    assert found == {"index": [5.0, 5.0], "catalogue": [5.0]}


def test_an_invocation_tells_whether_any_dependency_failed_it() -> None:
    metrics.called("index", 5.0, failed=False)
    assert [line["dependency_failing"] for line in lines()] == [[0.0]]
    metrics.called("index", 5.0, failed=False)
    metrics.called("models", 5.0, failed=True)
    told = [line["dependency_failing"] for line in lines() if "dependency_failing" in line]
    assert told == [[1.0]]


def test_a_line_holds_no_more_values_than_cloudwatch_takes() -> None:
    for _ in range(250):
        metrics.record("requests")
    assert [len(line["requests"]) for line in lines()] == [100, 100, 50]


def told(line: dict[str, Any]) -> Counter[tuple[Any, ...]]:
    """Each value of a line under each set of its metric's dimensions, as CloudWatch keeps it."""
    found: Counter[tuple[Any, ...]] = Counter()
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for metric, names in product(directive["Metrics"], directive["Dimensions"]):
            at = tuple((name, line[name]) for name in names if name != "stage")
            found.update((metric["Name"], at, value) for value in line[metric["Name"]])
    return found


RECORDED = st.tuples(
    st.sampled_from(["requests", "upstream_errors", "dollars", "faults", "messages"]),
    st.floats(-1e9, 1e9),
    st.dictionaries(
        st.sampled_from(["route", "dependency", "model", "function", "version"]),
        st.sampled_from(["a", "b", None]),
    ),
)


@given(st.lists(RECORDED, max_size=300))
def test_each_value_is_told_once_in_each_set_of_dimensions_that_it_has(
    recorded: list[tuple[str, float, dict[str, str | None]]],
) -> None:
    metrics.written("test", 0)
    wanted: Counter[tuple[Any, ...]] = Counter()
    for name, value, dimensions in recorded:
        metrics.record(name, value, **dimensions)
        for names in METRICS[name].by:
            if all(dimensions.get(one) for one in names):
                wanted[name, tuple((one, dimensions[one]) for one in names), value] += 1
    found: Counter[tuple[Any, ...]] = Counter()
    for line in lines():
        found += told(line)
    del found["dependency_failing", (), 1.0]
    assert found == wanted


def test_a_recorder_notes_what_record_would_note() -> None:
    note = metrics.recorder("dollars", model="mini", route=None)
    note(2)
    metrics.record("dollars", 3, model="mini")
    [line] = lines()
    assert (line["model"], line["dollars"]) == ("mini", [2.0, 3.0])
    with pytest.raises(KeyError):
        metrics.recorder("unheard_of")


def test_what_a_dimension_says_is_told_as_it_is() -> None:
    metrics.record("requests", route='/v1/100%s "a"\n')
    [line] = lines()
    assert (line["route"], line["requests"]) == ('/v1/100%s "a"\n', [1.0])


def test_what_is_no_number_is_written_as_json_has_it() -> None:
    for value in (1, float("nan"), float("inf")):
        metrics.record("requests", value)
    [text] = metrics.written("prod", 1)
    assert text.endswith('"requests": [1.0, NaN, Infinity]}')


def test_a_metric_that_nobody_listed_is_refused_where_it_is_recorded() -> None:
    with pytest.raises(KeyError):
        metrics.record("unheard_of")


def test_what_threads_record_at_once_is_all_there() -> None:
    def work() -> None:
        for _ in range(500):
            metrics.record("requests")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(len(line["requests"]) for line in lines()) == 2_000


def test_in_whatever_order_threads_record_the_lines_are_of_one_shape() -> None:
    told = [("upstream_duration", name) for name in ("index", "catalogue", "embeddings")]
    shapes = set()
    for recorded in (told, told[::-1]):
        for metric, dependency in [*recorded, ("messages", None)]:
            metrics.record(metric, dependency=dependency)
        shapes.add(json.dumps([json.loads(line) for line in metrics.written("dev", 1)]))
    assert len(shapes) == 1


def test_a_handler_writes_what_was_recorded_even_when_it_fails_and_counts_its_first_start(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @metrics.metered("chat")
    def handler(event: dict[str, Any], context: object) -> None:
        metrics.record("requests")
        raise ValueError(event)

    for _ in range(2):
        with pytest.raises(ValueError, match="secret"):
            handler({"text": "secret"}, None)
    written = capsys.readouterr().out
    first, second = (json.loads(line) for line in written.splitlines())
    assert (first["cold_starts"], first["function"], first["requests"]) == ([1.0], "chat", [1.0])
    assert "cold_starts" not in second
    assert "secret" not in written


class Model:
    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        return Completion("text", Usage(input_tokens=1_000, output_tokens=100))

    def stream(
        self, messages: Sequence[Message], max_tokens: int, heard: Callable[[str], None]
    ) -> Completion:
        heard("text")
        return self.complete(messages, max_tokens)

    def ping(self) -> None:
        return None


def test_what_a_model_is_asked_is_told_in_tokens_and_dollars_by_its_name() -> None:
    prices = prices_of(["mini=0.75/4.50", "nano=0.20/1.25"])
    SpendingChat(Model(), "mini", prices).complete([], 10)
    assert metrics.pending("dollars") == pytest.approx(0.0012)
    [line] = lines()
    assert (line["model"], line["input_tokens"], line["output_tokens"]) == ("mini", [1000], [100])
    SpendingChat(Model(), "unpriced", prices).complete([], 10)
    assert metrics.pending("dollars") == 0
    [line] = lines()
    assert (line["model"], line["unpriced_tokens"]) == ("unpriced", [1100])
    SpendingChat(Model(), "free", prices_of(["free=0/0"])).complete([], 10)
    [line] = lines()
    assert "unpriced_tokens" not in line


@pytest.mark.parametrize("wrong", ["mini", "mini=1", "=1/2", "mini=a/2", "mini=-1/2", "mini=nan/1"])
def test_a_price_that_cannot_be_read_is_told_with_what_it_should_be(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=r"gpt-5\.4-mini=0\.75/4\.50"):
        prices_of([wrong])
