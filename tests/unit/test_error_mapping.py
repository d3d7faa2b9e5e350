"""Every exception class of the SDKs becomes one of our errors, and the right one of the two."""

from __future__ import annotations

import inspect
from typing import Any

import botocore.exceptions
import httpx2
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import ProtocolError

from nexus.adapters.aws import errors as botocore_errors
from nexus.adapters.openai import errors as openai_errors
from nexus.errors import Superseded, UpstreamError, UpstreamRefused, UpstreamUnavailable

REQUEST = httpx2.Request("POST", "http://models.test/v1/responses")


def _subclasses(root: type[BaseException], module: str) -> set[type[BaseException]]:
    found = {root}
    for child in root.__subclasses__():
        found |= _subclasses(child, module)
    # Other tests define subclasses of their own.
    return {cls for cls in found if cls.__module__.startswith(module)}


def _outcome(context: Any, err: BaseException) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught, context:
        raise err
    assert caught.value.__cause__ is err
    return caught.value


# --- httpx2

HTTPX2_REFUSED = {
    "InvalidURL",
    "LocalProtocolError",
    "TooManyRedirects",
    "UnsupportedProtocol",
}


def test_every_exception_of_httpx2_is_mapped():
    classes = [
        cls
        for _, cls in inspect.getmembers(httpx2, inspect.isclass)
        if issubclass(cls, Exception) and not issubclass(cls, Warning)
    ]
    assert len(classes) > 25
    refused = set()
    for cls in classes:
        err = cls.__new__(cls)
        if isinstance(_outcome(openai_errors.translate(), err), UpstreamRefused):
            refused.add(cls.__name__)
    assert refused == HTTPX2_REFUSED


@pytest.mark.parametrize(
    ("status", "passes"),
    [(400, False), (401, False), (403, False), (404, False), (408, True), (409, True), (418, False),
     (422, False), (429, True), (500, True), (503, True)],
)  # fmt: skip
def test_an_answer_s_status_is_mapped_and_its_words_are_in_no_message(status, passes):
    said = {"error": {"message": "whispered prompt", "code": "odd code of two", "param": "p"}}
    err = openai_errors.StatusError(httpx2.Response(status, json=said, request=REQUEST))
    assert (err.code, err.param, err.body) == ("odd code of two", "p", said["error"])
    outcome = _outcome(openai_errors.translate(), err)
    assert isinstance(outcome, UpstreamUnavailable) is passes
    assert "whispered" not in f"{outcome} {err!r} {err}"
    assert openai_errors.StatusError(httpx2.Response(status, text="plain")).body == "plain"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "9"}, 9),
        ({"retry-after": "-1"}, 0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_both_forms_of_retry_after_are_read(headers, wait):
    assert openai_errors.retry_after_s(headers) == wait


# --- botocore

BOTOCORE_PASSES = {
    "CapacityNotAvailableError",
    "ChecksumError",
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "ConnectionError",
    "CredentialRetrievalError",
    "EndpointConnectionError",
    "FlexibleChecksumError",
    "HTTPClientError",
    "IncompleteReadError",
    "MetadataRetrievalError",
    "ProxyConnectionError",
    "ReadTimeoutError",
    "ResponseStreamingError",
    "SSLError",
}


def test_every_exception_of_botocore_is_mapped():
    classes = {
        cls
        for _, cls in inspect.getmembers(botocore.exceptions, inspect.isclass)
        if cls.__module__ == "botocore.exceptions"
        and issubclass(cls, Exception)
        and not issubclass(cls, (Warning, ClientError))
    } | _subclasses(BotoCoreError, "botocore")
    assert len(classes) > 90
    passes = {
        cls.__name__
        for cls in classes
        if isinstance(
            _outcome(botocore_errors.translate("queue"), cls.__new__(cls)), UpstreamUnavailable
        )
    }
    assert passes == BOTOCORE_PASSES


def _client_error(
    code: str, status: int, cancelled_for: tuple[str, ...] = (), wait: str = ""
) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": "the text of a document"},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {"retry-after": wait}},
        "CancellationReasons": [{"Code": reason} for reason in cancelled_for],
    }
    return ClientError(response, "PutItem")


@pytest.mark.parametrize(
    ("err", "passes"),
    [
        (_client_error("ProvisionedThroughputExceededException", 400), True),
        (_client_error("ThrottlingException", 400), True),
        (_client_error("RequestTimeout", 400), True),
        (_client_error("AWS.SimpleQueueService.RequestThrottled", 400), True),
        (_client_error("Anything", 500), True),
        (_client_error("SlowDown", 503), True),
        (_client_error("TooManyRequestsException", 429), True),
        (_client_error("TransactionCanceledException", 400, ("None", "TransactionConflict")), True),
        (
            _client_error(
                "TransactionCanceledException",
                400,
                ("TransactionConflict", "ConditionalCheckFailed"),
            ),
            False,
        ),
        (_client_error("ConditionalCheckFailedException", 400), False),
        (_client_error("AccessDeniedException", 400), False),
        (_client_error("ResourceNotFoundException", 400), False),
        (_client_error("ValidationException", 400), False),
        (_client_error("404", 404), False),
    ],
)
def test_codes_of_aws_tell_passing_from_lasting(err, passes):
    ours = _outcome(botocore_errors.translate("catalogue"), err)

    assert isinstance(ours, UpstreamUnavailable if passes else UpstreamRefused)
    assert ours.service == "catalogue"
    assert botocore_errors.error_code(err) in str(ours)
    assert "document" not in str(ours)


def test_a_wait_asked_for_by_aws_is_kept_and_a_body_that_breaks_off_is_passing():
    throttled = _client_error("SlowDown", 503, wait="3")
    assert _outcome(botocore_errors.translate("documents"), throttled).retry_after_s == 3
    broken = _outcome(botocore_errors.translate("documents"), ProtocolError("cut"))
    assert isinstance(broken, UpstreamUnavailable)


def _superseded_by_a_condition() -> None:
    with botocore_errors.translate("catalogue"):
        try:
            raise _client_error("ConditionalCheckFailedException", 400)
        except ClientError as err:
            raise Superseded("newer") from err


def test_what_an_adapter_handles_inside_the_block_and_our_own_errors_pass_through():
    with pytest.raises(Superseded):
        _superseded_by_a_condition()
    cancelled = _client_error("TransactionCanceledException", 400, ("None", "ThrottlingError"))
    assert botocore_errors.cancellation_codes(cancelled) == ("None", "ThrottlingError")
