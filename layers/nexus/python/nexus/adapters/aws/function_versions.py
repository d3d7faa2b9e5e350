"""The versions of a stage's functions at Lambda."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.errors import Superseded
from nexus.models import FunctionVersion

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

SERVICE = "functions"
_ALIAS = "live"
_CHANGED_MEANWHILE = "Somebody else changed which version of {} is live: look again."


class LambdaVersions:
    """A FunctionVersions at Lambda."""

    def __init__(self, client: LambdaClient) -> None:
        self._client = client

    def published(self, function: str) -> list[FunctionVersion]:
        """Every version but $LATEST, the oldest first."""
        pages = self._client.get_paginator("list_versions_by_function")
        found = []
        with translate(SERVICE):
            for page in pages.paginate(FunctionName=function):
                for one in page["Versions"]:
                    if one["Version"] != "$LATEST":
                        at = datetime.fromisoformat(one["LastModified"]).timestamp()
                        found.append(FunctionVersion(int(one["Version"]), at))
        return sorted(found, key=lambda version: version.number)

    def live(self, function: str) -> int:
        """The version behind the alias."""
        with translate(SERVICE):
            alias = self._client.get_alias(FunctionName=function, Name=_ALIAS)
        return int(alias["FunctionVersion"])

    def point(self, function: str, number: int, instead_of: int) -> None:
        """Moves the alias, if nobody has since it was read. Raises Superseded."""
        with translate(SERVICE):
            alias = self._client.get_alias(FunctionName=function, Name=_ALIAS)
            if int(alias["FunctionVersion"]) != instead_of:
                raise Superseded(_CHANGED_MEANWHILE.format(function))
            try:
                self._client.update_alias(
                    FunctionName=function,
                    Name=_ALIAS,
                    FunctionVersion=str(number),
                    RevisionId=alias["RevisionId"],
                )
            except self._client.exceptions.PreconditionFailedException as err:
                raise Superseded(_CHANGED_MEANWHILE.format(function)) from err

    def remove(self, function: str, number: int) -> None:
        """Deletes one version; Lambda refuses it for one that an alias names."""
        with translate(SERVICE):
            try:
                self._client.delete_function(FunctionName=function, Qualifier=str(number))
            except self._client.exceptions.ResourceNotFoundException:
                return
