"""Plays the scripted answers of model endpoints to Nexus, and compares what a user would get.

    python -m tests.check_endpoints tests/golden/endpoints [NAME ...] [--slow]

A NAME is the beginning of a file's name. Files with `"slow": true` take half a minute each and are
left out without `--slow`. Exit status 0 if everything passed, else 1. The files are explained in
tests/golden/endpoints/README.md; tests/contract/test_endpoint_cases.py asks the same, faster.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from nexus.adapters.openai.connection import connect
from nexus.adapters.openai.models import OpenAIChat, OpenAIEmbedder
from nexus.answering.generator import Generator
from nexus.errors import InvalidRequest, UpstreamError, UpstreamUnavailable
from nexus.models import Locator, Passage

Case = dict[str, Any]


class Got(NamedTuple):
    """What a caller of the API would get.

    `outcome` is "answer" (200), "refused" (200), "vectors", "content_filter" (422), "retry" (503
    with Retry-After) or "operator" (503 without); `log` is what the operator reads of a
    failure, `sources` are (title, quote) in the order of their numbers.
    """

    outcome: str
    text: str = ""
    log: str = ""
    sources: tuple[tuple[str, str], ...] = ()
    vectors: int = 0


def project() -> Callable[[str, Case], Got]:
    """How Nexus is asked."""

    def call(url: str, case: Case) -> Got:
        try:
            if case["api"] == "embeddings":
                model = OpenAIEmbedder(connect(url, "k", 5, 1), "m", case.get("dimension", 2))
                return Got("vectors", vectors=len(model.embed(case["texts"]).vectors))
            passages = [
                Passage(f"c{n}", p["title"], p["title"], "s3://d/x", "1", Locator(), p["text"], 0.9)
                for n, p in enumerate(case["passages"])
            ]
            chat = OpenAIChat(connect(url, "k", 20, 0), "m", case["api"])
            made = Generator(chat, 500).generate(case["question"], passages, [], "default")
        except InvalidRequest as error:
            return Got("content_filter", log=str(error))
        except UpstreamUnavailable as error:
            return Got("retry", log=str(error))
        except UpstreamError as error:
            return Got("operator", log=str(error))
        sources = tuple((one.passage.title, one.quote) for one in made.sources)
        return Got("answer" if made.text else "refused", made.text, sources=sources)

    return call


class Endpoint(ThreadingHTTPServer):
    """Answers each call with the first unused response that fits it; the last one stays."""

    daemon_threads = True

    def __init__(self, responses: list[Case], speed: float = 1.0) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.unused, self.all, self.speed = list(responses), responses, speed
        self.calls: list[str] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def response(self, path: str, body: Case) -> Case:
        self.calls.append(path)
        for pool in (self.unused, list(reversed(self.all))):
            for one in pool:
                if one["path"] == path and fits(one.get("if", {}), body):
                    if one in self.unused:
                        self.unused.remove(one)
                    return one
        return {"status": 404, "body": {"error": {"message": "no such path", "code": None}}}


def fits(condition: Case, body: Case) -> bool:
    """Whether the request's fields have these values; null means that a field is absent."""
    return all(body.get(name) == value for name, value in condition.items())


class Handler(BaseHTTPRequestHandler):
    server: Endpoint
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        one = self.server.response(self.path.removeprefix("/v1"), json.loads(raw or b"{}"))
        time.sleep(one.get("delay_s", 0) / self.server.speed)
        body = one["body"] if isinstance(one["body"], str) else json.dumps(one["body"])
        try:
            self.send_response(one.get("status", 200))
            self.send_header("content-type", one.get("content_type", "application/json"))
            self.send_header("content-length", str(len(body.encode())))
            for name, value in one.get("headers", {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())
        except OSError:  # the caller has given up
            pass


def faults(wanted: Case, got: Got, calls: list[str], took: float) -> list[str]:
    """What is not as wanted, one sentence each."""
    out = []
    outcomes = wanted["outcome"] if isinstance(wanted["outcome"], list) else [wanted["outcome"]]
    if got.outcome not in outcomes:
        detail = got.log or got.text
        out.append(
            f"is {got.outcome}, not {' or '.join(outcomes)}" + (f": {detail}" if detail else "")
        )
    elif got.outcome == "answer":
        if "answer" in wanted and got.text != wanted["answer"]:
            out.append(f"answers {got.text!r}")
        if "answer_matches" in wanted and not re.search(wanted["answer_matches"], got.text):
            out.append(f"answers {got.text!r}")
        if "sources" in wanted and [title for title, _ in got.sources] != wanted["sources"]:
            out.append(f"cites {[title for title, _ in got.sources]}")
        if "quotes" in wanted and [quote for _, quote in got.sources] != wanted["quotes"]:
            out.append(f"quotes {[quote for _, quote in got.sources]}")
    elif got.outcome == "vectors" and got.vectors != wanted["vectors"]:
        out.append(f"{got.vectors} vectors")
    elif got.log and not re.search(wanted.get("log_matches", ""), got.log):
        out.append(f"the operator reads: {got.log}")
    out += [
        f"holds {one!r}: {got.text!r}" for one in wanted.get("answer_lacks", []) if one in got.text
    ]
    if len(calls) > wanted.get("calls_at_most", len(calls)):
        out.append(f"{len(calls)} calls")
    if took > wanted.get("within_s", took):
        out.append(f"took {took:.0f} s")
    return out


def problems_of(case: Case, speed: float = 1.0) -> list[str]:
    """What is not as wanted of a case, played `speed` times as fast as it is told."""
    endpoint = Endpoint(case["responses"], speed)
    started = time.monotonic()
    try:
        got = project()(f"http://127.0.0.1:{endpoint.server_port}/v1", case)
        took = (time.monotonic() - started) * speed
        return faults(case["wanted"], got, endpoint.calls, took)
    finally:
        endpoint.shutdown()
        endpoint.server_close()


def main(arguments: list[str]) -> int:
    """Checks the files of a folder, and prints a line for each."""
    slow = "--slow" in arguments
    arguments = [one for one in arguments if one != "--slow"]
    if not arguments:
        sys.exit(__doc__)
    logging.disable()  # the project's own log lines
    say = sys.stdout.write
    passed = every = 0
    for path in sorted(Path(arguments[0]).glob("*.json")):
        case = json.loads(path.read_text("utf-8"))
        if arguments[1:] and not any(path.name.startswith(name) for name in arguments[1:]):
            continue
        if case.get("slow") and not slow:
            say(f"left out  {path.stem} (--slow)\n")
            continue
        problems = problems_of(case)
        passed, every = passed + (not problems), every + 1
        say(f"{'FAIL' if problems else 'pass'}      {path.stem}\n")
        say("".join(f"          {problem[:230]}\n" for problem in problems))
    say(f"{passed} of {every} pass\n")
    return 0 if passed == every else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
