"""What a browser may do with the page: its security headers, for CloudFront as for this machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# The one document that other pages may show in a frame, and the script that makes the frame.
EMBEDDED = "embed.html"
EMBEDDING = "embed.js"
# What the page never needs, and for its own questions alone the microphone
# (https://www.w3.org/TR/permissions-policy/).
_WITHOUT = "camera=(), display-capture=(), geolocation=(), microphone=(self), payment=(), usb=()"
TWO_YEARS_S = 63_072_000


def content_policy(connect: Iterable[str], framers: Iterable[str] | None = ()) -> str:
    """The page's Content-Security-Policy.

    `connect` are the sources that it may call beside its own, `framers` the origins that may show
    it in a frame. None leaves that out: a policy that stands in the document itself cannot say it
    (https://www.w3.org/TR/CSP3/#meta-element).
    """
    called = " ".join(dict.fromkeys(("'self'", *connect)))
    said = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src blob:",
        "font-src 'self'",
        f"connect-src {called}",
        "worker-src 'self'",
        "manifest-src 'self'",
        "frame-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    if framers is not None:
        named = " ".join(framers) or "'none'"
        said.append(f"frame-ancestors {named}")
    return "; ".join(said)


def headers(path: str, connect: Iterable[str], embedders: Iterable[str]) -> dict[str, str]:
    """The security headers of a file of the page, by its path without a leading slash."""
    framers = tuple(embedders) if path == EMBEDDED else ()
    shared = path == EMBEDDING
    found = {
        "Content-Security-Policy": content_policy(connect, framers),
        "Cross-Origin-Resource-Policy": "cross-origin" if shared else "same-origin",
        "Permissions-Policy": _WITHOUT,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    # It knows no list of origins: where there are some, the policy alone says it.
    return found if framers else {**found, "X-Frame-Options": "DENY"}


def origins_of(config: Mapping[str, object]) -> list[str]:
    """The origins that a page with this config.json calls: the API's and the provider's."""
    sign_in = config.get("sign_in")
    metadata = sign_in.get("metadata") if isinstance(sign_in, Mapping) else None
    urls = [config.get("api")]
    if isinstance(metadata, Mapping):
        urls += [metadata.get("token_endpoint"), metadata.get("revocation_endpoint")]
    found = []
    for url in urls:
        if isinstance(url, str) and url:
            # Before a deployment an address holds what only CloudFormation reads.
            scheme, _, rest = url.partition("://")
            found.append(f"{scheme}://{rest.partition('/')[0]}")
    return list(dict.fromkeys(found))
