"""An S3 Vectors of one process: the API of botocore's model, its limits and faults, for tests.

Requests are checked by the model itself (botocore, `data/s3vectors/2025-07-15/service-2.json`) and
by their signature; what the model does not say is from
https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html.
"""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from botocore import xform_name
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.session import Session
from botocore.validate import ParamValidator

from tests.s3vectors_scoring import Invalid, bm25, passes

ACCESS_KEY, SECRET_KEY, REGION = "AKIDEXAMPLE", "secret-of-tests", "eu-west-1"
PAGE_OF_RESULTS = 100
MOST_TOP_K = 10_000
_INDEX = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_MODEL = Session().get_service_model("s3vectors")


class Fault(Exception):
    """An error that the server answers, by its name and status."""

    def __init__(self, name: str, status: int, message: str = "as the test wants it") -> None:
        super().__init__(message)
        self.name, self.status = name, status


class S3VectorsServer:
    """Serves one vector bucket at `url` until closed."""

    def __init__(self, bucket: str = "vectors") -> None:
        self.bucket = bucket
        self.requests: list[str] = []
        self.indexes: dict[str, dict[str, Any]] = {}
        self._held: dict[str, dict[str, dict[str, Any]]] = {}
        self._faults: list[tuple[str, Fault]] = []
        self._lock = threading.RLock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers: dict[str, str] = {}
                try:
                    status, answer = 200, server.handle(self.path, dict(self.headers), body)
                except Fault as fault:
                    status, answer = fault.status, {"message": str(fault)}
                    headers["x-amzn-errortype"] = f"{fault.name}:http://internal.amazon.com/"
                content = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Type": "application/json"}.items():
                    self.send_header(name, value)
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

    def fail_next(self, times: int, name: str, status: int, *, operation: str = "") -> None:
        """Answers the next `times` requests of an operation, or of any, with this error."""
        self._faults += [(operation, Fault(name, status))] * times

    def handle(self, path: str, headers: dict[str, str], raw: bytes) -> Any:
        with self._lock:
            operation = path.removeprefix("/")
            self.requests.append(operation)
            _check_signature(f"{self.url}{path}", headers, raw)
            for fault in self._faults:
                if fault[0] in operation:
                    self._faults.remove(fault)
                    raise fault[1]
            if operation not in _MODEL.operation_names:
                raise Fault("UnknownOperationException", 404)
            if len(raw) > 20 * 1024 * 1024:
                raise Fault("ValidationException", 400, "the request is larger than 20 MiB")
            body = json.loads(raw)
            shape: Any = _MODEL.operation_model(operation).input_shape
            report = ParamValidator().validate(body, shape)
            if report.has_errors():
                raise Fault("ValidationException", 400, report.generate_report())
            if body.get("vectorBucketName") != self.bucket:
                raise Fault("NotFoundException", 404, "The vector bucket is not there")
            try:
                return getattr(self, f"_{xform_name(operation)}")(body)
            except Invalid as err:
                raise Fault("ValidationException", 400, str(err)) from err

    def _create_index(self, body: dict[str, Any]) -> Any:
        name = body["indexName"]
        if name in self.indexes:
            raise Fault("ConflictException", 409)
        if not _INDEX.fullmatch(name):
            raise Fault("ValidationException", 400, f"{name} is no index's name")
        self.indexes[name], self._held[name] = body, {}
        return {
            "indexArn": f"arn:aws:s3vectors:{REGION}:123456789012:bucket/{self.bucket}/index/{name}"
        }

    def _delete_index(self, body: dict[str, Any]) -> Any:
        self._existing(body)
        del self.indexes[body["indexName"]], self._held[body["indexName"]]
        return {}

    def _list_indexes(self, body: dict[str, Any]) -> Any:
        names = sorted(name for name in self.indexes if name.startswith(body.get("prefix", "")))
        page, following = _page(names, body.get("maxResults", 2), body.get("nextToken"))
        return {"indexes": [{"indexName": name} for name in page], **following}

    def _put_vectors(self, body: dict[str, Any]) -> Any:
        held, about = self._existing(body), self.indexes[body["indexName"]]
        checked = {one["key"]: _checked(one, about) for one in body["vectors"]}
        if len(checked) != len(body["vectors"]):
            raise Fault("ValidationException", 400, "a key is there twice")
        held.update(checked)
        return {}

    def _get_vectors(self, body: dict[str, Any]) -> Any:
        held = self._existing(body)
        return {"vectors": [_shown(held[key], body) for key in body["keys"] if key in held]}

    def _delete_vectors(self, body: dict[str, Any]) -> Any:
        held = self._existing(body)
        for key in body["keys"]:
            held.pop(key, None)
        return {}

    def _list_vectors(self, body: dict[str, Any]) -> Any:
        held = self._existing(body)
        page, following = _page(sorted(held), body.get("maxResults", 500), body.get("nextToken"))
        return {"vectors": [_shown(held[key], body) for key in page], **following}

    def _query_vectors(self, body: dict[str, Any]) -> Any:
        held, about = self._existing(body), self.indexes[body["indexName"]]
        if body["topK"] > MOST_TOP_K or ("queryVector" in body) == ("queryTexts" in body):
            raise Fault("ValidationException", 400, "the tests' server takes no such query")
        everything = sorted(held.values(), key=lambda one: one["key"])
        hidden = about["metadataConfiguration"]["nonFilterableMetadataKeys"]
        condition = body.get("filter")
        kept = [
            condition is None or passes(one["metadata"], condition, hidden) for one in everything
        ]
        if "queryVector" in body:
            scores = _cosines(everything, body["queryVector"]["float32"], about["dimension"])
        else:
            scores, kept = _worded(everything, body["queryTexts"], about, kept)
        places = [at for at, is_kept in enumerate(kept) if is_kept]
        places.sort(key=lambda at: -scores[at])
        page, following = _page(places[: body["topK"]], PAGE_OF_RESULTS, body.get("nextToken"))
        found = []
        for at in page:
            one = _shown(everything[at], body)
            if "queryVector" in body and body.get("returnDistance"):
                one["distance"] = 1 - scores[at]
            if "queryTexts" in body and body.get("returnScores"):
                key = body["queryTexts"][0]["metadataKey"]
                one["scores"] = {"bm25Scores": [{"metadataKey": key, "score": scores[at]}]}
            found.append(one)
        return {"vectors": found, "distanceMetric": about["distanceMetric"], **following}

    def _existing(self, body: dict[str, Any]) -> dict[str, dict[str, Any]]:
        if body.get("indexName") not in self._held:
            raise Fault("NotFoundException", 404, "The index is not there")
        return self._held[body["indexName"]]


def _check_signature(url: str, headers: dict[str, str], raw: bytes) -> None:
    """Refuses what botocore would have signed in another way."""
    sent = {name.lower(): value for name, value in headers.items()}
    told = dict(part.split("=", 1) for part in sent["authorization"].partition(" ")[2].split(", "))
    names = told["SignedHeaders"].split(";")
    request = AWSRequest("POST", url, data=raw, headers={name: sent[name] for name in names})
    request.context["timestamp"] = sent["x-amz-date"]
    auth = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3vectors", REGION)
    wanted = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    if wanted != told["Signature"]:
        raise Fault("AccessDeniedException", 403, "The signature does not match")


def _checked(one: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    numbers = np.asarray(one["data"]["float32"], dtype=np.float32)
    if len(numbers) != about["dimension"] or not np.isfinite(numbers).all() or not numbers.any():
        raise Fault("ValidationException", 400, "The vector is not one for this index")
    metadata = one.get("metadata", {})
    hidden = about["metadataConfiguration"]["nonFilterableMetadataKeys"]
    filterable = {name: value for name, value in metadata.items() if name not in hidden}
    for held, most in ((metadata, 40 * 1024), (filterable, 2 * 1024)):
        if len(json.dumps(held, ensure_ascii=False).encode()) > most:
            raise Fault("ValidationException", 400, f"Metadata of more than {most} bytes")
    for value in metadata.values():
        if not isinstance(value, str | int | float | bool) and not (
            isinstance(value, list) and value and all(isinstance(item, str) for item in value)
        ):
            raise Fault("ValidationException", 400, "Metadata is texts, numbers, booleans, lists")
    return {"key": one["key"], "data": {"float32": numbers.tolist()}, "metadata": metadata}


def _cosines(vectors: list[dict[str, Any]], query: list[float], dimension: int) -> list[float]:
    if len(query) != dimension:
        raise Fault("ValidationException", 400, "Query vector of another dimension")
    if not vectors:
        return []
    matrix = np.asarray([one["data"]["float32"] for one in vectors])
    lengths = np.linalg.norm(matrix, axis=1) * np.linalg.norm(query)
    cosines: list[float] = (matrix @ np.asarray(query) / lengths).tolist()
    return cosines


def _worded(
    vectors: list[dict[str, Any]], texts: list[Any], about: dict[str, Any], kept: list[bool]
) -> tuple[list[float], list[bool]]:
    (asked,) = texts
    searchable = about["metadataConfiguration"]["textSearchConfigurations"]
    if {"metadataKey": asked["metadataKey"]} not in searchable:
        raise Fault("ValidationException", 400, f"{asked['metadataKey']} is not searchable")
    held = [one["metadata"].get(asked["metadataKey"], "") for one in vectors]
    scores = bm25(held, asked["text"])
    both = [is_kept and score > 0 for is_kept, score in zip(kept, scores, strict=True)]
    return scores, both


def _shown(one: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    shown = {"key": one["key"]}
    if body.get("returnData"):
        shown["data"] = one["data"]
    if body.get("returnMetadata"):
        shown["metadata"] = one["metadata"]
    return shown


def _page(items: list[Any], size: int, token: str | None) -> tuple[list[Any], dict[str, str]]:
    start = int(token or 0)
    page = items[start : start + size]
    more = start + size < len(items)
    return page, {"nextToken": str(start + size)} if more else {}
