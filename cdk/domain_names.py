"""Whether a stage's own domain can be made: its name, its certificate and its hosted zone."""

from __future__ import annotations

import re
from typing import Protocol

# A name of at least two labels; a wildcard would serve the names of other stages, too.
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})+")
_CERTIFICATE = re.compile(
    r"arn:aws(?:-[a-z-]{1,20})?:acm:([a-z0-9-]{1,30}):[0-9]{12}:certificate/[A-Za-z0-9-]{1,64}"
)
_ZONE = re.compile("[A-Z0-9]{1,32}")


class _Named(Protocol):
    """The fields of a stage that are read here."""

    @property
    def domain_name(self) -> str: ...
    @property
    def certificate_arn(self) -> str: ...
    @property
    def hosted_zone(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def host(self) -> bool: ...


def domain_fault(stage: _Named) -> str | None:
    """What is wrong with a stage's domain, without a full stop; None if nothing is."""
    if not stage.domain_name:
        is_alone = stage.certificate_arn or stage.hosted_zone
        return "certificate_arn and hosted_zone need a domain_name" if is_alone else None
    certificate = _CERTIFICATE.fullmatch(stage.certificate_arn)
    region = certificate[1] if certificate else ""
    zone = stage.hosted_zone
    faults = (
        (stage.host, "domain_name must be empty where this machine runs the functions"),
        (
            not _NAME.fullmatch(stage.domain_name),
            "domain_name must be a name such as nexus.example.org, in lower case",
        ),
        (
            not certificate,
            "certificate_arn must be the ARN of the domain's certificate in ACM (arn:aws:acm:…)",
        ),
        (
            bool(stage.region) and region != stage.region,
            f"certificate_arn must be of a certificate in the stage's region {stage.region}",
        ),
        (
            bool(zone) and not _ZONE.fullmatch(zone),
            "hosted_zone must be the id of a hosted zone in Route 53, such as Z0123456789ABC",
        ),
    )
    return next((sentence for is_wrong, sentence in faults if is_wrong), None)
