"""Whether a stage's sign-in can be made: who stands for people, and where they come back to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Protocol

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-userpooldomain.html
_PREFIX = re.compile(r"(?!.*(aws|amazon|cognito))[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PROVIDER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,31}")
_HERE = ("http://localhost:", "http://127.0.0.1:")
# What a provider needs beside its kind, and what it may say: claims or attributes by what they are.
NEEDED = {"oidc": ("issuer", "client_id", "client_secret"), "saml": ("metadata_url",)}
MAPPED = ("email", "name", "tenant")


class _Signing(Protocol):
    """The fields of a stage that are read here."""

    @property
    def host(self) -> bool: ...
    @property
    def sign_in(self) -> str: ...
    @property
    def sign_in_url(self) -> str: ...
    @property
    def sign_in_domain(self) -> str: ...
    @property
    def sign_in_callbacks(self) -> tuple[str, ...]: ...
    @property
    def sign_in_sign_outs(self) -> tuple[str, ...]: ...
    @property
    def sign_in_providers(self) -> Mapping[str, Mapping[str, str]]: ...
    @property
    def page(self) -> bool: ...
    @property
    def oidc_issuer(self) -> str: ...
    @property
    def oidc_keys_url(self) -> str: ...
    @property
    def oidc_audiences(self) -> tuple[str, ...]: ...


def sign_in_faults(stage: _Signing) -> Iterator[str]:
    """What is wrong with a stage's sign-in, each without a full stop."""
    if stage.sign_in == "oidc":
        if not stage.oidc_issuer.startswith("https://"):
            yield "oidc_issuer must be the provider's issuer, https://… as its tokens name it"
        if not stage.oidc_keys_url.startswith("https://"):
            yield "oidc_keys_url must be the https:// address of the provider's keys (its jwks_uri)"
        if not stage.oidc_audiences:
            yield "oidc_audiences must name the client id whose tokens are taken"
    if stage.sign_in == "cognito" and not (stage.sign_in_callbacks or stage.page):
        yield "sign_in_callbacks must name where people come back to when they have signed in"
    if stage.sign_in_domain and not _PREFIX.fullmatch(stage.sign_in_domain):
        yield (
            "sign_in_domain must be 1 to 63 lower-case letters, digits and inner hyphens, without "
            "aws, amazon and cognito"
        )
    if stage.sign_in_url and not stage.host:
        yield "sign_in_url must be empty where AWS runs the functions"
    for field in ("sign_in_callbacks", "sign_in_sign_outs"):
        for url in getattr(stage, field):
            if not url.startswith(("https://", *_HERE)):
                yield f"{field} must be https:// addresses, or http:// ones of this machine"
    for name, said in stage.sign_in_providers.items():
        yield from _provider_faults(name, said, stage)


def hosted_pages(stage: _Signing, region: str) -> str:
    """Where the stage's own pool shows its pages, without a slash at the end; "" if nowhere."""
    if stage.sign_in_url or not stage.sign_in_domain:
        return stage.sign_in_url
    return f"https://{stage.sign_in_domain}.auth.{region}.amazoncognito.com"


def _provider_faults(name: str, said: Mapping[str, str], stage: _Signing) -> Iterator[str]:
    if stage.host:
        yield "sign_in_providers must be empty where this machine runs the functions"
    if not _PROVIDER.fullmatch(name):
        yield f"sign_in_providers: {name!r} must be 3 to 32 letters, digits, - and _"
    needed = NEEDED.get(said.get("kind", ""))
    if needed is None:
        yield f"sign_in_providers: {name} must say its kind, oidc or saml"
        return
    for lacking in sorted(set(needed) - said.keys()):
        yield f"sign_in_providers: {name} lacks {lacking}"
    for unknown in sorted(said.keys() - {"kind", "scopes", *needed, *MAPPED}):
        yield f"sign_in_providers: {name} has no {unknown}"
