"""Turns every failure of a call to a model endpoint into one of our errors."""

from __future__ import annotations

import email.utils
import json
import math
import re
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import httpx2

from nexus.adapters.openai.told import kind_of, words_of
from nexus.errors import UpstreamError, UpstreamRefused, UpstreamUnavailable

SERVICE = "models"

# What to check for each status that no retry can mend.
_ADVICE = {
    400: "check the model's name and, for embeddings, NEXUS_EMBEDDING_DIMENSION",
    401: "put a valid API key in the secret that NEXUS_MODELS_SECRET names",
    402: "its account has to be paid up",
    403: "give the API key's project access to the model",
    404: "check NEXUS_MODELS_URL and the names in NEXUS_CHAT_MODEL and NEXUS_EMBEDDING_MODEL",
    413: "the request was too large for it; lower NEXUS_EMBEDDING_BATCH or NEXUS_TOP_K",
    422: "check the model's name and, for embeddings, NEXUS_EMBEDDING_DIMENSION",
}

# The same for Bedrock, whose answers bear AWS's id of the request.
_ADVICE_ON_AWS = {
    400: "check the model's name and, for embeddings, NEXUS_EMBEDDING_DIMENSION",
    403: "allow the function's role bedrock:InvokeModel of this model, and the account its use",
    404: "check the model's name, and that this region has it",
}

# Faults of the address or the headers.
WRONG_CALL = (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL)

# What reading an answer raises that is not in the format it should be in.
_MALFORMED = (
    AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError
)  # fmt: skip


class StatusError(Exception):
    """An answer whose status says that the call failed, and what the endpoint says of it.

    `body` is the error in it, or all of it, as text where it is no JSON; `code` and `param` are
    OpenAI's words for what is wrong. Its message holds none of them: a log of the chained traceback
    would have it, and what an endpoint says can repeat the prompt or part of the key.
    """

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(f"HTTP {response.status_code}")
        self.status_code = response.status_code
        self.headers = response.headers
        body: object = response.text.strip()
        with suppress(ValueError, RecursionError):
            body = json.loads(response.content)
        self.body = body.get("error", body) if isinstance(body, dict) else body
        told = self.body if isinstance(self.body, dict) else {}
        code = told.get("code")
        self.code = None if code is None else str(code)
        self.param = told.get("param")


@contextmanager
def translate() -> Iterator[None]:
    """Raises our error in place of httpx2's, of a status, or of one met in reading the answer.

    The block holds one call and the reading of its result, nothing else: whatever is missing from
    the result or of the wrong type counts as an answer that is not in OpenAI's format.
    """
    try:
        yield
    except StatusError as err:
        code = err.code or err.headers.get("x-amzn-errortype", "").partition(":")[0] or None
        raise from_status(err.status_code, err.headers, code, words_of(err.body)) from err
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.CookieConflict, httpx2.StreamError) as err:
        raise _from_transport(err) from err
    except json.JSONDecodeError as err:
        raise UpstreamUnavailable(
            SERVICE, "The model endpoint sent a damaged answer; try again."
        ) from err
    # Numbers that nobody can mean are refused as they are read: 5,000 digits (ValueError), 1e999
    # for a place (ArithmeticError); and so are lists that nest without end (RecursionError).
    except (*_MALFORMED, struct.error) as err:
        raise not_understood() from err


def not_understood() -> UpstreamRefused:
    """The error for an answer that is not in the format that the endpoint should speak."""
    return UpstreamRefused(
        SERVICE,
        "The model endpoint's answer is not in the expected format; check NEXUS_MODELS_URL "
        "(for OpenAI it ends in /v1) and NEXUS_RERANK_URL.",
    )


def from_status(
    status: int, headers: Mapping[str, str], code: object = None, said: str = ""
) -> UpstreamError:
    """The error for an HTTP status; `said` is `told.words_of` the body, `code` OpenAI's code."""
    kind = kind_of(status, f"{code} {said}".lower())
    if kind == "quota":
        return UpstreamRefused(
            SERVICE,
            "The model endpoint's account is out of quota; add credit or raise its limit.",
        )
    if kind == "passing":
        return UpstreamUnavailable(
            SERVICE,
            f"The model endpoint cannot serve the call just now (HTTP {status}); try again later.",
            retry_after_s(headers),
        )
    if kind == "filtered":
        return content_filtered()
    if kind == "too_long":
        return UpstreamRefused(
            SERVICE, "The prompt is longer than the model can read; lower NEXUS_TOP_K."
        )
    # A code is a short identifier; anything longer could be a message that repeats the prompt.
    is_name = isinstance(code, str) and re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", code)
    named = f", {code}" if is_name and code != str(status) else ""
    known = _ADVICE_ON_AWS if "x-amzn-requestid" in headers else _ADVICE
    advice = known.get(status, "check NEXUS_MODELS_URL")
    return UpstreamRefused(
        SERVICE, f"The model endpoint refused the call (HTTP {status}{named}); {advice}."
    )


class ContentFiltered(UpstreamRefused):
    """The endpoint's content filter held back what was sent, or what the model wrote."""


def content_filtered() -> ContentFiltered:
    """The error for a text that the endpoint's content filter held back."""
    return ContentFiltered(
        SERVICE, "The model endpoint's content filter held this back; ask in other words."
    )


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """How long the endpoint asks us to wait, in seconds, from either header and either form."""
    for name, per_second in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        raw = headers.get(name, "")
        try:
            wait = float(raw) / per_second
        except ValueError:
            parsed = email.utils.parsedate_tz(raw)
            wait = email.utils.mktime_tz(parsed) - time.time() if parsed else math.nan
        if math.isfinite(wait):
            return max(0.0, wait)
    return None


def _from_transport(err: BaseException) -> UpstreamError:
    if isinstance(err, (*WRONG_CALL, httpx2.TooManyRedirects)):
        return UpstreamRefused(
            SERVICE,
            f"No call can be made to the model endpoint ({type(err).__name__}); check "
            "NEXUS_MODELS_URL, NEXUS_RERANK_URL and that the API key is one line of plain text.",
        )
    if isinstance(err, httpx2.TimeoutException):
        return UpstreamUnavailable(SERVICE, "The model endpoint did not answer in time; try again.")
    return UpstreamUnavailable(
        SERVICE,
        f"The connection to the model endpoint failed ({type(err).__name__}); try again.",
    )
