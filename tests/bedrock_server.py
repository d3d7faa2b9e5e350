"""A Bedrock of one process: InvokeModel and the OpenAI-compatible path, scripted, for tests.

Bodies are those of https://docs.aws.amazon.com/bedrock/latest/userguide/ (model-parameters-titan-
embed-text.html, model-parameters-embed-v3.html, model-parameters-embed-v4.html, rerank-use.html,
inference-chat-completions.html); paths, headers and errors those of botocore's model of
`bedrock-runtime`. Signatures are checked by botocore's own signer.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCESS_KEY, SECRET_KEY, REGION = "AKIDEXAMPLE", "secret-of-tests", "eu-west-1"
TOKEN = "session-token"
ANSWER = "Library fees are paid at the desk [1.1]."


class Fault(Exception):
    """An error that the server answers, by its name and status."""

    def __init__(self, name: str, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(name)
        self.name, self.status, self.headers = name, status, headers or {}


class BedrockServer:
    """Serves at `url` until closed; `requests` are the paths and bodies that came."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

            def do_GET(self) -> None:
                self._answer(b"")

            def _answer(self, raw: bytes) -> None:
                told = {"x-amzn-requestid": "c9bb0d5b"}
                try:
                    sent = {name.lower(): value for name, value in self.headers.items()}
                    answer, more = server.handle(self.command, self.path, sent, raw)
                    status = 200
                except Fault as fault:
                    status, answer = fault.status, {"message": "as the test wants it"}
                    more = {"x-amzn-errortype": f"{fault.name}:http://internal/", **fault.headers}
                self._send(status, answer, {**told, **more})

            def _send(self, status: int, answer: Any, headers: dict[str, str]) -> None:
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                kind = "text/event-stream" if isinstance(answer, bytes) else "application/json"
                for name, value in {"content-type": kind, **headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def fail_next(
        self, times: int, name: str, status: int, headers: dict[str, str] | None = None
    ) -> None:
        """Answers the next `times` requests with this error."""
        self._faults += [Fault(name, status, headers)] * times

    def handle(
        self, method: str, path: str, headers: dict[str, str], raw: bytes
    ) -> tuple[Any, dict[str, str]]:
        _check_signature(method, f"{self.url}{path}", headers, raw)
        body = json.loads(raw) if raw else {}
        with self._lock:
            self.requests.append((path, body))
            if self._faults:
                raise self._faults.pop(0)
        if method == "POST" and path == "/openai/v1/chat/completions":
            return _completion(body), {}
        invoked = re.fullmatch(r"/model/([^/]+)/invoke", path)
        if method != "POST" or invoked is None:
            raise Fault("UnknownOperationException", 404)
        model = unquote(invoked[1])
        if model.startswith("amazon.titan-embed-text-v2"):
            return _titan(body)
        if model.startswith("cohere.embed-"):
            return _cohere(body, model)
        if model.startswith(("amazon.rerank", "cohere.rerank")):
            return _reranked(body, model), {}
        raise Fault("ResourceNotFoundException", 404)


def vector_of(text: str, dimension: int) -> list[float]:
    """The numbers that the server makes of a text, of no particular length."""
    digest = hashlib.sha256(text.encode()).digest()
    return [1.0 + digest[at % 32] + at for at in range(dimension)]


def _check_signature(method: str, url: str, headers: dict[str, str], raw: bytes) -> None:
    told = dict(
        part.split("=", 1) for part in headers["authorization"].partition(" ")[2].split(", ")
    )
    names = told["SignedHeaders"].split(";")
    request = AWSRequest(method, url, data=raw, headers={name: headers[name] for name in names})
    request.context["timestamp"] = headers["x-amz-date"]
    auth = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY, TOKEN), "bedrock", REGION)
    wanted = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    if wanted != told["Signature"] or headers.get("x-amz-security-token") != TOKEN:
        raise Fault("AccessDeniedException", 403)


def _titan(body: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    text = body["inputText"]
    if not 1 <= len(text) <= 50_000 or body["dimensions"] not in (256, 512, 1024):
        raise Fault("ValidationException", 400)
    vector = vector_of(text, body["dimensions"])
    count = len(text.split())
    answer = {"embedding": vector, "embeddingsByType": {"float": vector}}
    return {**answer, "inputTextTokenCount": count}, {}


def _cohere(body: dict[str, Any], model: str) -> tuple[Any, dict[str, str]]:
    texts, newest = body["texts"], model.startswith("cohere.embed-v4")
    kinds, cuts = ("search_document", "search_query"), ("RIGHT",) if newest else ("END",)
    wrong = body["input_type"] not in kinds or body["truncate"] not in cuts
    if wrong or not 1 <= len(texts) <= 96 or any(len(text) > 2_048 for text in texts):
        raise Fault("ValidationException", 400)
    vectors = [vector_of(text, body.get("output_dimension", 1024)) for text in texts]
    count = sum(len(text.split()) for text in texts)
    answer = {"id": "1", "response_type": "embeddings_by_type", "embeddings": {"float": vectors}}
    return answer, {"X-Amzn-Bedrock-Input-Token-Count": str(count)}


def _reranked(body: dict[str, Any], model: str) -> Any:
    if model.startswith("cohere.") != (body.get("api_version") == 2):
        raise Fault("ValidationException", 400)
    asked = set(body["query"].lower().split())
    scores = [len(asked & set(text.lower().split())) / len(asked) for text in body["documents"]]
    places = sorted(range(len(scores)), key=lambda at: -scores[at])[: body["top_n"]]
    return {"results": [{"index": at, "relevance_score": scores[at]} for at in places]}


def _completion(body: dict[str, Any]) -> Any:
    usage = {"prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 29}
    about: dict[str, Any] = {"id": "c", "created": 1, "model": body["model"]}
    if not body.get("stream"):
        message = {"role": "assistant", "content": ANSWER}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {**about, "object": "chat.completion", "choices": [choice], "usage": usage}
    chunks: list[dict[str, Any]] = [
        {"index": 0, "delta": {"content": f"{word} "}, "finish_reason": None}
        for word in ANSWER.split()
    ]
    chunks.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    whole = [{**about, "object": "chat.completion.chunk", "choices": [one]} for one in chunks]
    whole.append({**about, "object": "chat.completion.chunk", "choices": [], "usage": usage})
    lines = "".join(f"data: {json.dumps(one)}\n\n" for one in whole)
    return f"{lines}data: [DONE]\n\n".encode()
