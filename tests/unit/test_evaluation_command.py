"""`nexus eval` from its options to its files."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cli.commands.evaluate import _keeping, evaluate
from cli.evaluation.measurements import MeasuredQuestion, Run
from cli.evaluation.questions import GoldenQuestion
from cli.evaluation.requirements import require
from cli.failure import Failure

SEARCH = {
    "passages": [{"document_id": "d", "uri": "s3://b/documents/t/fees.md", "text": "It is 40."}]
}
CHAT = {
    "answer": "It is 40. [1]",
    "sources": [{"document_id": "d", "quote": "It is 40."}],
    "confidence": {"level": "high", "score": 0.9},
    "refused": False,
    "usage": {"embedding_tokens": 1_000_000, "input_tokens": 0, "output_tokens": 0},
    "timings": {"total": 12.5},
}


@pytest.fixture
def api() -> Iterator[str]:
    """A deployment that knows one fee, and throttles every first chat."""
    throttled: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            body: dict[str, Any] = json.loads(raw)
            busy = "message" in body and body["message"] not in throttled
            throttled.add(body.get("message", ""))
            content = json.dumps({} if busy else SEARCH if "query" in body else CHAT).encode()
            self.send_response(429 if busy else 200)
            self.send_header("retry-after", "0.01")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_deployment_is_measured_and_two_reports_are_compared(
    api: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = tmp_path / "q.jsonl"
    line = {"question": "How much?", "document": "fees.md", "answers": ["40"]}
    lines = [{"id": "a", **line}, {"id": "b", **line, "document": "other.md"}]
    questions.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    out, html = tmp_path / "out.json", tmp_path / "out.html"
    evaluate(
        questions=questions,
        json_file=out,
        html_file=html,
        url=api,
        key="secret-key",
        prices=(2.0, 0.0, 0.0),
    )
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["retrieval"]["recall@1"] == 0.5
    assert found["answers"]["containment_1"] == 1
    assert found["answers"]["citation_precision"] == 1
    assert found["cost_usd"] == 4
    assert "<svg" in html.read_text(encoding="utf-8")
    assert "secret-key" not in out.read_text() + html.read_text()
    assert "recall@1" in capsys.readouterr().out

    evaluate(compared=(out, out), json_file=tmp_path / "diff.json")
    assert "0 worse" in capsys.readouterr().out
    assert json.loads((tmp_path / "diff.json").read_text())["better"] == []


def test_what_was_measured_before_a_ctrl_c_is_kept() -> None:
    run = Run(9)
    with pytest.raises(KeyboardInterrupt), _keeping(run):
        raise KeyboardInterrupt
    run.questions.append(MeasuredQuestion(GoldenQuestion("a", "?", "d", (), True)))
    with _keeping(run):
        raise KeyboardInterrupt
    assert run.stopped == "interrupted"
    with _keeping(run):
        raise Failure("The deployment answers no more.")
    assert run.stopped == "The deployment answers no more."


def test_what_does_not_go_together_is_said(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="--corpus or --url"):
        evaluate()
    with pytest.raises(Failure, match="--pinecone-host"):
        evaluate(corpus=tmp_path, questions=tmp_path, index="pinecone")
    with pytest.raises(Failure, match="--missing"):
        evaluate(corpus=tmp_path, questions=tmp_path, missing=0, calibration=tmp_path / "c")


def test_a_figure_that_is_less_than_wanted_ends_it_with_what_it_lacks(
    api: str, tmp_path: Path
) -> None:
    questions = tmp_path / "q.jsonl"
    line = {"question": "How much?", "document": "fees.md", "answers": ["40"]}
    lines = [{"id": "a", **line}, {"id": "b", **line, "document": "other.md"}]
    questions.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    def held_to(*wanted: str) -> None:
        evaluate(questions=questions, url=api, key="k", at_least=list(wanted))

    held_to("retrieval.recall@1=0.5", "answers.containment_1=1")
    with pytest.raises(Failure, match=r"recall@1 is 0\.5, less than 0\.9"):
        held_to("retrieval.recall@1=0.9", "answers.containment_1=1")
    with pytest.raises(Failure, match=r"no figure 'retrieval\.recal'"):
        held_to("retrieval.recal=0.9")


def test_what_was_not_measured_is_less_than_anything_wanted() -> None:
    found = {"answers": {"containment": None}, "questions": {"asked": 3, "measured": 2}}
    require(found, {})
    with pytest.raises(Failure, match="containment was not measured; only 2 of 3 questions"):
        require(found, {"answers.containment": 0.1})


@pytest.mark.parametrize("given", ["recall@1=0.9", "retrieval.recall@1", "a.b=x", "a.b=nan"])
def test_what_is_no_figure_and_number_is_refused_before_anything_is_asked(given: str) -> None:
    with pytest.raises(Failure, match="--at-least takes a figure"):
        evaluate(at_least=[given])
