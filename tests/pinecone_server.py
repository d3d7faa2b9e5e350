"""A Pinecone of one process: the document API's wire format, limits and faults, for tests.

It follows the request and response models of the installed SDK (`pinecone.models.documents`,
`pinecone._internal.adapters.documents_adapter`) and the rules in its docstrings.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import numpy as np

from tests.pinecone_scoring import Document, Refusal, bm25, compares, cosines, fields, words

API_VERSION = "2026-07"
API_KEY = "test-key"
MOST_BODY_BYTES = 2_000_000
MOST_METADATA_BYTES = 40 * 1024


class PineconeServer:
    """Serves one index at `url` until closed; the control plane is at the same address."""

    def __init__(self, schema: dict[str, Any], *, lag_s: float = 0.0, page_size: int = 100) -> None:
        self.fields: dict[str, dict[str, Any]] = schema["fields"]
        self.lag_s = lag_s
        self.page_size = page_size
        self.search_s = 0.0  # how long a search takes, as over a network
        self.rejected_ids: set[str] = set()
        self.requests: list[str] = []
        self.indexes: dict[str, dict[str, Any]] = {}
        self._namespaces: dict[str, dict[str, Document]] = {}
        self._pending: list[tuple[float, Callable[[], None]]] = []
        self._faults: list[tuple[str, Refusal]] = []
        self._lock = threading.RLock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

            def do_GET(self) -> None:
                self._answer(b"")

            def _answer(self, body: bytes) -> None:
                headers: dict[str, str] = {}
                try:
                    status, answer = 200, server.handle(self.path, dict(self.headers), body)
                except Refusal as refusal:
                    status, headers = refusal.status, refusal.headers
                    answer = {"error": {"code": "REFUSED", "message": str(refusal)}}
                content = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
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
        self, times: int, status: int, *, path: str = "", headers: dict[str, str] | None = None
    ) -> None:
        """Answers the next `times` requests whose path holds `path` with this status."""
        self._faults += [(path, Refusal(status, "injected", headers))] * times

    def clear(self) -> None:
        """Forgets all documents and faults."""
        with self._lock:
            self._namespaces.clear()
            self._pending.clear()
            self._faults.clear()
            self.rejected_ids.clear()
            self.requests.clear()

    def handle(self, path: str, headers: dict[str, str], raw: bytes) -> Any:
        if path.endswith("/search"):
            time.sleep(self.search_s)  # outside the lock, as searches do not wait for each other
        with self._lock:
            self.requests.append(path)
            sent = {name.lower(): value for name, value in headers.items()}
            if sent.get("api-key") != API_KEY:
                raise Refusal(401, "Invalid API key")
            if sent.get("x-pinecone-api-version") != API_VERSION:
                raise Refusal(400, "Unsupported API version")
            for fault in self._faults:
                if fault[0] in path:
                    self._faults.remove(fault)
                    raise fault[1]
            if len(raw) > MOST_BODY_BYTES:
                raise Refusal(413, "Request body is too large")
            self._apply_due()
            body = json.loads(raw) if raw else {}
            if path == "/describe_index_stats":
                return self._stats()
            if path.startswith("/indexes"):
                return self._control(path, body)
            match = re.fullmatch(r"/namespaces/([^/]+)/documents/(\w+)", path)
            handler = getattr(self, f"_{match[2]}", None) if match else None
            if match is None or handler is None:
                raise Refusal(404, "Unknown path")
            return handler(unquote(match[1]), body)

    def _apply_due(self) -> None:
        while self._pending and self._pending[0][0] <= time.monotonic():
            self._pending.pop(0)[1]()

    def _later(self, write: Callable[[], None]) -> None:
        self._pending.append((time.monotonic() + self.lag_s, write))
        if not self.lag_s:
            self._apply_due()

    def _upsert(self, namespace: str, body: dict[str, Any]) -> Any:
        documents: list[Document] = body["documents"]
        if not 1 <= len(documents) <= 1000:
            raise Refusal(400, "documents must hold 1 to 1000 documents")
        stored = {document["_id"]: self._checked(document) for document in documents}
        self._later(lambda: self._namespaces.setdefault(namespace, {}).update(stored))
        return {"upserted_count": len(documents)}

    def _checked(self, document: Document) -> Document:
        name = document["_id"]
        if not (name.isascii() and 1 <= len(name) <= 512) or name in self.rejected_ids:
            raise Refusal(400, f"Invalid _id {name!r}")
        stored: Document = {}
        metadata = 0
        for field, value in document.items():
            kind = self.fields.get(field, {}).get("type")
            if kind == "dense_vector":
                if len(value) != self.fields[field]["dimension"]:
                    raise Refusal(400, "Vector dimension does not match the index")
                stored[field] = np.asarray(value, dtype=np.float32).tolist()
                continue
            if kind is None and field != "_id":
                metadata += len(json.dumps({field: value}, ensure_ascii=False).encode())
            stored[field] = _stored(field, value)
        for field, about in self.fields.items():
            if about["type"] == "dense_vector" and field not in document:
                raise Refusal(400, f"Document {name} needs the field {field}")
        if metadata > MOST_METADATA_BYTES:
            raise Refusal(400, "Metadata is over 40 KB")
        return stored

    def _existing(self, namespace: str) -> dict[str, Document]:
        if namespace not in self._namespaces:
            raise Refusal(404, "Namespace not found")
        return self._namespaces[namespace]

    def _search(self, namespace: str, body: dict[str, Any]) -> Any:
        if not 1 <= body["top_k"] <= 10000 or len(body["score_by"]) != 1:
            raise Refusal(400, "Invalid search")
        documents = self._matching(namespace, body.get("filter"), text=True)
        clause = body["score_by"][0]
        if clause["type"] == "dense_vector":
            scores = cosines(documents, clause["field"], clause["values"])
        else:
            corpus = list(self._existing(namespace).values())
            scores = [0.0] * len(documents)
            for field in clause["fields"]:
                if "full_text_search" not in self.fields.get(field, {}):
                    raise Refusal(400, f"{field} has no full-text search")
                for i, score in enumerate(bm25(corpus, documents, field, clause["query"])):
                    scores[i] += score
        ranked = [
            (score, document)
            for score, document in zip(scores, documents, strict=True)
            if clause["type"] == "dense_vector" or score > 0
        ]
        ranked.sort(key=lambda pair: (-pair[0], pair[1]["_id"]))
        names = body.get("include_fields") or []
        return {
            "matches": [
                {**fields(document, names), "_id": document["_id"], "_score": score}
                for score, document in ranked[: body["top_k"]]
            ],
            "namespace": namespace,
            "usage": {"read_units": 1},
        }

    def _fetch(self, namespace: str, body: dict[str, Any]) -> Any:
        answer: dict[str, Any] = {"namespace": namespace, "usage": {"read_units": 1}}
        if "ids" in body:
            if not 1 <= len(body["ids"]) <= 1000:
                raise Refusal(400, "ids must hold 1 to 1000 ids")
            existing = self._existing(namespace)
            found = [existing[name] for name in body["ids"] if name in existing]
        else:
            matching = self._matching(namespace, body["filter"], text=True)
            start = int(body.get("pagination_token") or 0)
            end = start + min(body.get("limit") or self.page_size, self.page_size)
            found = matching[start:end]
            if end < len(matching):
                answer["pagination"] = {"next": str(end)}
        names = body.get("include_fields") or ["*"]
        answer["documents"] = {
            document["_id"]: {**fields(document, names), "_id": document["_id"]}
            for document in found
        }
        return answer

    def _delete(self, namespace: str, body: dict[str, Any]) -> Any:
        if "ids" in body:
            if len(body["ids"]) > 1000:
                raise Refusal(400, "ids must hold at most 1000 ids")
            doomed = list(body["ids"])
        elif body.get("delete_all"):
            doomed = list(self._existing(namespace))
        else:
            doomed = [d["_id"] for d in self._matching(namespace, body["filter"], text=False)]
        existing = self._existing(namespace)

        def remove() -> None:
            for name in doomed:
                existing.pop(name, None)

        self._later(remove)
        return {} if "ids" in body else {"matched_records": len(doomed)}

    def _update(self, namespace: str, body: dict[str, Any]) -> Any:
        set_fields, removed = body.get("set_fields") or {}, body.get("remove_fields") or []
        if not set_fields and not removed:
            raise Refusal(400, "The update carries no patch")
        patch = {field: _stored(field, value) for field, value in set_fields.items()}
        names = [d["_id"] for d in self._matching(namespace, body["filter"], text=False)]
        existing = self._existing(namespace)

        def change() -> None:
            for name in names:
                kept = {k: v for k, v in existing.get(name, {}).items() if k not in removed}
                if kept:
                    existing[name] = {**kept, **patch}

        self._later(change)
        return {"matched_records": len(names)}

    def _stats(self) -> Any:
        counts = {name: len(documents) for name, documents in self._namespaces.items()}
        return {
            "namespaces": {name: {"vectorCount": count} for name, count in counts.items()},
            "dimension": 0,
            "indexFullness": 0.0,
            "totalVectorCount": sum(counts.values()),
        }

    def _control(self, path: str, body: dict[str, Any]) -> Any:
        if path != "/indexes":
            name = path.removeprefix("/indexes/")
            if name not in self.indexes:
                raise Refusal(404, f"Resource {name} not found")
            return self.indexes[name]
        if body["name"] in self.indexes:
            raise Refusal(409, "Resource already exists")
        for field, about in body["schema"]["fields"].items():
            if about["type"] != "dense_vector" and "full_text_search" not in about:
                raise Refusal(400, f"The schema only accepts fields used for search: {field}")
        self.indexes[body["name"]] = {
            **body,
            "host": self.url,
            "status": {"ready": True, "state": "Ready"},
        }
        return self.indexes[body["name"]]

    def _matching(
        self, namespace: str, condition: dict[str, Any] | None, *, text: bool
    ) -> list[Document]:
        documents = [document for _, document in sorted(self._existing(namespace).items())]
        if condition is None:
            return documents
        if not condition:
            raise Refusal(400, "filter must not be empty")
        return [document for document in documents if self._passes(document, condition, text)]

    def _passes(self, document: Document, condition: dict[str, Any], text: bool) -> bool:
        for name, test in condition.items():
            if name == "$and":
                passed = all(self._passes(document, part, text) for part in test)
            elif name == "$or":
                passed = any(self._passes(document, part, text) for part in test)
            elif name in self.fields:
                passed = text and self._text_passes(document, name, test)
            else:
                value = document.get(name)
                passed = all(compares(value, operator, to) for operator, to in test.items())
            if not passed:
                return False
        return True

    def _text_passes(self, document: Document, field: str, test: dict[str, Any]) -> bool:
        if "full_text_search" not in self.fields[field]:
            raise Refusal(400, f"{field} takes no filter")
        held = words(document.get(field, ""))
        for operator, wanted in test.items():
            found = [word in held for word in words(wanted)]
            if operator not in ("$match_all", "$match_any"):
                raise Refusal(400, f"{operator} is not for a full-text field")
            if not (all(found) if operator == "$match_all" else any(found)):
                return False
        return True


def _stored(field: str, value: Any) -> Any:
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise Refusal(400, f"{field} holds a value that is not a string, number, boolean or strings")
