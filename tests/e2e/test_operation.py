"""What an operator does: start, look, stop an upstream, start again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

from cli.connection import Connection, connect
from cli.local import processes
from cli.local import stack as local_stack
from cli.local.environment import emulator_python
from cli.local.layout import PROJECT, Layout
from cli.local.models.prepare import ensure_model
from cli.local.run_record import read_record, write_record
from tests.e2e.conftest import EXPIRED, ROOT, SAMPLES, Deployed, run_nexus
from tests.e2e.waiting import eventually


def test_up_shows_documents_an_answer_and_a_curl_line(stack: Deployed) -> None:
    output = stack.first_output
    for path in SAMPLES.iterdir():
        if path.name != "metadata.json":
            assert f"✓ {path.name}" in output
    assert "[1]" in output
    assert f"curl -s {stack.url}/v1/chat -H 'x-api-key: {stack.key}'" in output


def test_ask_prints_the_answer_and_as_json_what_the_api_returned(stack: Deployed) -> None:
    text = stack.nexus("ask", "What is the fine for returning a book late?").stdout
    assert "[1]" in text
    body = json.loads(
        stack.nexus("ask", "--json", "What is the fine for returning a book late?").stdout
    )
    assert {"answer", "sources", "confidence", "refused", "conversation_id"} <= set(body)


def test_documents_keys_and_status_list_what_there_is(stack: Deployed) -> None:
    listed = json.loads(stack.nexus("documents", "--json").stdout)
    names = {path.name for path in SAMPLES.iterdir()} - {"metadata.json"}
    assert names <= {entry["path"] for entry in listed if entry["status"] == "indexed"}
    clients = json.loads(stack.nexus("keys", "list", "--json").stdout)
    assert ("demo", "demo") in {(entry["tenant"], entry["client"]) for entry in clients}
    assert stack.key not in json.dumps(clients)
    status = json.loads(stack.nexus("status", "--json").stdout)
    assert status["health"]["status"] == "ok"
    assert status["documents"]["indexed"] >= len(names)


def test_the_chat_event_sample_is_answered_by_the_function(stack: Deployed) -> None:
    done = stack.nexus("invoke", "chat", "--event", "events/chat.json")
    response = json.loads(done.stdout)
    assert response["statusCode"] == 200
    assert "answer" in json.loads(response["body"])


def test_upload_waits_until_the_document_answers(stack: Deployed, tmp_path) -> None:
    path = tmp_path / "kiosk.md"
    path.write_text("# Kiosk\n\nThe harbour kiosk sells ginger tea for Rp 7,777 a cup.\n")
    done = stack.nexus("upload", str(path), "--title", "Kiosk prices", "--tags", "food,harbour")
    assert "✓ kiosk.md" in done.stdout
    answer = stack.ask(
        "What does ginger tea cost at the harbour kiosk?", filters={"tags": ["food"]}
    )
    assert "7,777" in answer["answer"]
    assert answer["sources"][0]["title"] == "Kiosk prices"
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 nothing")
    refused = stack.nexus("upload", str(broken), check=False)
    assert refused.returncode == 1
    assert "✗ broken.pdf" in refused.stdout


def test_the_doctor_shows_calls_and_what_a_search_finds_without_text(stack: Deployed) -> None:
    shown = stack.nexus("doctor", "--verbose").stdout
    assert "sqs GetQueueAttributes  200, " in shown
    assert "GET /health  200, " in shown
    assert "score 0." in shown
    assert "passages of a search" in shown
    assert stack.key not in shown
    assert ".md" not in shown


def test_the_functions_have_only_what_their_layers_hold(
    stack: Deployed, connection: Connection
) -> None:
    python = emulator_python(Layout())
    names = ("openai", "fastapi", "nexus", "docx")
    probe = f"from importlib.util import find_spec as f; print([n for n in {names} if f(n)])"
    found = subprocess.run([str(python), "-c", probe], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"

    client = connection.client("lambda")
    name = connection.deployment.ingest_function.partition(":")[0]  # not the alias
    layers = [
        layer["Arn"] for layer in client.get_function_configuration(FunctionName=name)["Layers"]
    ]
    event = (PROJECT / "events" / "ingest_s3_test_event.json").read_bytes()

    def fails() -> bool:
        return "FunctionError" in client.invoke(FunctionName=name, Payload=event)

    assert not fails()
    try:
        rest = [layer for layer in layers if "-service:" not in layer]
        client.update_function_configuration(FunctionName=name, Layers=rest)
        eventually(fails, "failure without a layer")
    finally:
        client.update_function_configuration(FunctionName=name, Layers=layers)
    eventually(lambda: not fails(), "recovery")


def test_with_the_models_stopped_everything_tells_the_truth(
    stack: Deployed, connection: Connection
) -> None:
    layout = Layout(ROOT)
    current = read_record(layout)
    assert current is not None
    models = next(process for process in current.processes if process.name == "models")
    command = ["-m", "cli.local.models.server", "--port", str(models.port)]
    command += ["--credentials", str(layout.credentials_file)]
    conversation = stack.ask("What is the fine for returning a book late?")["conversation_id"]
    processes.stop(models)
    try:
        health = eventually(
            lambda: (
                body
                if (body := stack.call("GET", "/health", key="").json())["status"] == "degraded"
                else None
            ),
            "degraded health",
            30,
        )
        for name in ("embeddings", "language_model"):
            assert health["checks"][name]["status"] == "failing"
        assert health["checks"]["catalogue"]["status"] == "ok"
        ready = stack.call("GET", "/ready", key="")
        assert ready.status_code == 503
        assert {"embeddings", "language_model"} <= set(ready.json()["failing"])
        answer = stack.call(
            "POST", "/v1/chat", {"message": "And now?"}, x_conversation_id=conversation
        )
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1
        assert stack.call("GET", "/docs", key="").status_code == 200
        doctor = stack.nexus("doctor", check=False)
        assert doctor.returncode == 1
        for name in ("embeddings", "language_model"):
            assert f"✗ {name}" in doctor.stdout
        turns = stack.call("GET", f"/v1/conversations/{conversation}").json()["turns"]
        assert len(turns) == 1
    finally:
        restart(layout, models, command)
    eventually(lambda: stack.call("GET", "/ready", key="").status_code == 200, "readiness", 30)
    assert stack.nexus("doctor").returncode == 0


def restart(layout: Layout, models: processes.Process, command: list[str]) -> None:
    """Starts the model server again and writes it down for `nexus down`."""
    again = processes.start(
        "models",
        [sys.executable, *command, "--model-dir", str(ensure_model(layout.models))],
        env=os.environ,
        cwd=PROJECT,
        log=layout.log("models"),
        port=models.port,
    )
    current = read_record(layout)
    assert current is not None
    others = tuple(process for process in current.processes if process.name != "models")
    write_record(layout, replace(current, processes=(*others, again)))


def test_what_has_expired_is_removed(stack: Deployed, connection: Connection) -> None:
    key = {"pk": {"S": EXPIRED}, "sk": {"S": EXPIRED}}
    table, dynamodb = connection.deployment.conversations_table, connection.client("dynamodb")
    eventually(lambda: "Item" not in dynamodb.get_item(TableName=table, Key=key), "expiry")


def test_a_second_start_finds_everything_as_it_was(stack: Deployed) -> None:
    before = json.loads(stack.nexus("documents", "--json").stdout)
    port = str(connect("local").client("s3").meta.endpoint_url.rsplit(":", 1)[1])
    stack.nexus("down")
    refused = run_nexus(stack.environ, "status", check=False)
    assert refused.returncode == 1
    assert "not running" in refused.stderr
    again = run_nexus(stack.environ, "up", "--detach", "--port", port)
    assert "already deployed" in again.stdout
    after = json.loads(stack.nexus("documents", "--json").stdout)
    assert after == before
    assert stack.ask("What is the fine for returning a book late?")["sources"]


def test_after_a_stop_that_was_cut_short_every_tenant_is_compared_and_a_stop_is_told(
    stack: Deployed,
) -> None:
    layout, deployed = Layout(ROOT), connect("local")
    port = str(deployed.client("s3").meta.endpoint_url.rsplit(":", 1)[1])
    current = read_record(layout)
    assert current is not None
    emulator = next(process for process in current.processes if process.name == "emulator")
    deployed.client("s3").put_object(
        Bucket=deployed.deployment.documents_bucket,
        Key="documents/lost/ferry.md",
        Body=b"# Ferry\n\nThe last ferry to the island leaves at 21:12.\n",
    )
    # What was noted of the object since the state was saved last is lost; the object is not.
    os.killpg(emulator.pid, signal.SIGKILL)
    again = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "up", "--port", port],
        cwd=PROJECT,
        env=stack.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        eventually(
            lambda: (
                (found := read_record(layout)) and found.ready and emulator not in found.processes
            ),
            "second start",
        )

        def indexed() -> bool:
            listed = run_nexus(stack.environ, "documents", "--tenant", "lost", "--json")
            return [entry["status"] for entry in json.loads(listed.stdout)] == ["indexed"]

        eventually(indexed, "document of the tenant that was not asked for")
        begun = time.monotonic()
        assert local_stack.stop(layout)
        took_s = time.monotonic() - begun
        output, _ = again.communicate(timeout=30)
    finally:
        again.terminate()
    assert "the last stop was cut short" in output
    assert "Stopped from another terminal." in output
    assert "A background process has ended" not in output
    assert took_s < 5
    assert "cut short" not in run_nexus(stack.environ, "up", "--detach", "--port", port).stdout
