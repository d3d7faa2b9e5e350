"""A stage that names a collector is given what traces need; one that names none, nothing of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cdk import packaging
from cdk.bytecode import Target
from cdk.stages import AUTHORIZER, FUNCTIONS, TRACED, StageError, read_stage
from tests.bench.observing import SHARE
from tests.infrastructure.assembly import Assembly, configuration
from tests.infrastructure.conftest import synthesize

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:collector-AbCdEf"
ENDPOINT = "https://otlp.example.com"
VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_SAMPLER_ARG", "NEXUS_TRACES_SECRET")


@pytest.fixture(scope="module")
def tracing(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    out = tmp_path_factory.mktemp("traces")
    context = {"traces_endpoint": ENDPOINT, "traces_headers_secret": SECRET}
    done = synthesize(out, stage="prod", **context)
    assert done.returncode == 0, done.stdout + done.stderr
    return Assembly(out)


def _rights(assembly: Assembly, function: str) -> set[tuple[str, str]]:
    """Each action with each resource that a function's role is allowed."""
    found = set()
    for one in assembly.statements("prod", function):
        assert one["Effect"] == "Allow"
        actions, resources = (
            given if isinstance(given, list) else [given]
            for given in (one["Action"], one["Resource"])
        )
        found |= {(action, json.dumps(to)) for action in actions for to in resources}
    return found


@pytest.mark.parametrize("function", TRACED)
def test_each_function_of_a_stage_with_a_collector_can_trace_to_it(
    tracing: Assembly, assembly: Assembly, function: str
) -> None:
    variables = tracing.function("prod", function)["Environment"]["Variables"]
    # One of twenty, as cdk.json has it: with that share is measured what it costs.
    assert [variables[name] for name in VARIABLES] == [ENDPOINT, f"{SHARE:g}", SECRET]
    held = [path for folder in tracing.layer_folders("prod", function) for path in folder.iterdir()]
    assert any((path / "opentelemetry" / "sdk" / "trace").is_dir() for path in held)
    more = _rights(tracing, function) - _rights(assembly, function)
    assert more == {("secretsmanager:GetSecretValue", json.dumps(SECRET))}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_stage_without_one_has_neither_variable_nor_layer_nor_right(
    assembly: Assembly, stage: str, function: str
) -> None:
    variables = assembly.function(stage, function)["Environment"]["Variables"]
    assert not {name for name in variables if "OTEL" in name or "TRACES" in name}
    folders = assembly.layer_folders(stage, function)
    assert not [one for one in folders if (one / "python" / "opentelemetry" / "sdk").exists()]


def test_the_authorizer_is_the_one_that_is_given_nothing_of_it(
    tracing: Assembly, assembly: Assembly
) -> None:
    assert set(FUNCTIONS) - set(TRACED) == {AUTHORIZER}
    assert tracing.function("prod", AUTHORIZER) == assembly.function("prod", AUTHORIZER)
    assert _rights(tracing, AUTHORIZER) == _rights(assembly, AUTHORIZER)


def test_no_function_has_more_layers_than_lambda_takes(tmp_path: Path) -> None:
    # With all that adds one: text recognition, traces, an index, and the adapter of the stream.
    done = synthesize(tmp_path, stage="prod", traces_endpoint=ENDPOINT, ocr=True)
    assert done.returncode == 0, done.stdout + done.stderr
    every = Assembly(tmp_path)
    layers = {name: len(every.function("prod", name)["Layers"]) for name in FUNCTIONS}
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    assert max(layers.values()) == 5, layers


def test_traces_need_less_than_ten_megabytes(tracing: Assembly, assembly: Assembly) -> None:
    for function in TRACED:
        with_them = tracing.unzipped_bytes("prod", function)
        assert 0 < with_them - assembly.unzipped_bytes("prod", function) < 10_000_000


def test_no_key_stands_in_a_variable(tracing: Assembly) -> None:
    assert "OTLP_HEADERS" not in json.dumps(tracing.template("prod", "service"))


def test_the_layer_holds_all_that_tracing_imports(tmp_path: Path) -> None:
    target = Target("host", f"{sys.version_info.major}.{sys.version_info.minor}")
    layers = [packaging.dependency_layer(name, target) for name in ("traces", "service")]
    own = packaging.source_layer(target)
    # As in Lambda: what the layers hold, and botocore's own packages, and nothing else of ours.
    paths = [str(one.path / "python") for one in (own, *layers)]
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from nexus.adapters.otlp.exporter import exporter\n"
        "from nexus.adapters.otlp.sending import Sending\n"
        "from nexus.adapters.otlp.tracer import OtelTracer\n"
        "sending = Sending(lambda: exporter('http://127.0.0.1:9', 'a=b'))\n"
        "span = OtelTracer(sending, {}, '1').begin('x', 'server', {}, '')\n"
        "span.end(); sending.flush(1)\n"
        "import opentelemetry.sdk.trace as made; print(made.__file__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, *paths],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert ".local/layers/traces-" in done.stdout


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"traces_endpoint": "otlp.example.com"}, "traces_endpoint must begin with http"),
        ({"traces_headers_secret": SECRET}, "must be empty where traces_endpoint is"),
        (
            {"traces_endpoint": ENDPOINT, "traces_headers_secret": "collector"},
            "must be the ARN of a secret",
        ),
        (
            {"traces_endpoint": "http://otlp.example.com", "traces_headers_secret": SECRET},
            "must begin with https",
        ),
        ({"traces_share": 1.5}, "traces_share must be from 0 to 1"),
    ],
)
def test_what_would_not_trace_or_would_show_the_key_is_refused(
    change: dict[str, Any], words: str
) -> None:
    with pytest.raises(StageError, match=words):
        read_stage("prod", {**configuration("prod"), **change})
