"""Finds the credentials of a function's role without what botocore needs to find anybody's."""

from __future__ import annotations

from typing import Any

from botocore.credentials import ContainerProvider, EnvProvider


def credentials() -> Any:
    """The process's credentials, which renew themselves where they expire; None without any.

    Lambda gives a function its role's in variables, and one that starts from a snapshot an address
    to fetch them from (https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html). All
    else, such as a developer's profile, is looked for as botocore does.
    """
    for provider in (EnvProvider(), ContainerProvider()):
        found = provider.load()
        if found is not None:
            return found
    from botocore.session import Session

    return Session().get_credentials()
