"""The AWS account and region that a command works in: from the environment, checked with AWS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)
from botocore.parsers import ResponseParserError

from cli.calls_made import watched
from cli.failure import Failure

NO_CREDENTIALS = (
    "There are no AWS credentials: sign in with `aws sso login` or `aws configure`, "
    "or set AWS_PROFILE."
)
_ZONES = ("amazonaws.com", "amazonaws.com.cn", "api.aws", "amazonaws.eu")


@dataclass(frozen=True)
class Account:
    """Whose account and region it is; `endpoint` is "" if AWS's own answers."""

    session: boto3.Session
    number: str
    region: str
    caller: str
    endpoint: str = ""

    def client(self, service: str) -> Any:
        """A client of an AWS service."""
        return self.session.client(service)  # type: ignore[call-overload]

    @property
    def described(self) -> str:
        """Account, region and who asks, for a person to recognise."""
        through = f", through {self.endpoint}" if self.endpoint else ""
        return f"account {self.number} in {self.region}, as {self.caller}{through}"


def aws_session(region: str = "", profile: str | None = None) -> boto3.Session:
    """A session of the person's own credentials, in `region` or that of the environment.

    The region is looked for as AWS's other SDKs and the CDK do: AWS_REGION, AWS_DEFAULT_REGION, the
    profile's. Raises Failure if there is none, or it is not one of AWS's, or the profile is absent.
    """
    wanted = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    try:
        session = boto3.Session(region_name=wanted or None, profile_name=profile)
    except ProfileNotFound as err:
        raise Failure(f"{err}: correct AWS_PROFILE.") from err
    if not session.region_name:
        raise Failure("No AWS region is configured: set AWS_REGION.")
    try:
        session.get_partition_for_region(session.region_name)
    except BotoCoreError as err:
        raise Failure(
            f"{session.region_name!r} is not a region of AWS: correct AWS_REGION."
        ) from err
    return watched(session)


def sign_in(region: str = "", account: str = "", profile: str | None = None) -> Account:
    """Asks AWS whose credentials these are. Raises Failure if they are absent, refused or others'.

    `account`, if given, is the one that it has to be.
    """
    session = aws_session(region, profile)
    try:
        caller = session.client("sts").get_caller_identity()
    except (NoCredentialsError, PartialCredentialsError) as err:
        raise Failure(NO_CREDENTIALS) from err
    except ClientError as err:
        said = err.response.get("Error", {}).get("Message") or err
        raise Failure(f"AWS refuses your credentials ({said}): sign in again.") from err
    except EndpointConnectionError as err:
        raise Failure(
            f"AWS does not answer in {session.region_name}: check the network and AWS_REGION."
        ) from err
    except ResponseParserError as err:
        raise Failure(
            f"What answers at {session.client('apigateway').meta.endpoint_url} in AWS's place "
            "refuses your credentials: check AWS_ENDPOINT_URL and sign in again."
        ) from err
    except BotoCoreError as err:  # an expired SSO token, an MFA code that nobody gave
        raise Failure(f"Your AWS credentials cannot be used ({err}): sign in again.") from err
    if account and caller["Account"] != account:
        raise Failure(
            f"The stage belongs to account {account}, and you are signed in to "
            f"{caller['Account']}: choose another profile with AWS_PROFILE."
        )
    return Account(
        session,
        caller["Account"],
        session.region_name,
        caller["Arn"].rpartition(":")[2],
        emulated_at(session),
    )


def emulated_at(session: boto3.Session) -> str:
    """The address that answers in AWS's place, as AWS_ENDPOINT_URL says; "" if AWS's own does."""
    endpoint = str(session.client("apigateway").meta.endpoint_url)
    host = urlsplit(endpoint).hostname or ""
    return "" if host.endswith(_ZONES) else endpoint


def variables(account: Account, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment in which another program works in this account and region, and no other."""
    profile = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
    kept = {name: value for name, value in environ.items() if name not in profile}
    # A profile that asks for a code is asked once, here: the program is given what it got.
    found = account.session.get_credentials()
    if found is None:
        raise Failure(NO_CREDENTIALS)
    given = found.get_frozen_credentials()
    kept |= {
        "AWS_ACCESS_KEY_ID": given.access_key or "",
        "AWS_SECRET_ACCESS_KEY": given.secret_key or "",
        "AWS_REGION": account.region,
        "AWS_DEFAULT_REGION": account.region,
    }
    kept.pop("AWS_SESSION_TOKEN", None)
    if given.token:
        kept["AWS_SESSION_TOKEN"] = given.token
    if account.endpoint:
        kept["AWS_ENDPOINT_URL"] = account.endpoint
    return kept
