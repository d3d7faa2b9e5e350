"""Fills in the emulator's sign-in form for who comes by the link that `nexus up` prints.

A page may tell the provider who is about to sign in (`login_hint`, OpenID Connect Core 1.0,
3.1.2.1). Here it is a secret of this run: with it the form holds a demo person's password, and
offers the other people; with any other, or none, it is the emulator's own.
"""

from __future__ import annotations

import html
import json
import re
import secrets
from pathlib import Path

_HIDDEN = re.compile(r'<input type="hidden" [^>]*>')
# A password may stand in the form: nobody keeps it, and nobody shows it in a frame.
PRIVATE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    # Not none at all: a browser then sends the form as of no origin, and it is refused.
    "Referrer-Policy": "same-origin",
}


def filled(page: str, people: list[dict[str, str]]) -> str:
    """The emulator's page with the first person's name and password, and a button for each other.

    What is no sign-in form stays as it is.
    """
    first, *others = people
    for field, value in (("username", first["email"]), ("password", first["password"])):
        page = page.replace(
            f' id="{field}" name="{field}"',
            f' id="{field}" name="{field}" value="{html.escape(value)}"',
        )
    page = page.replace(
        '<button type="submit">Sign in</button>',
        f'<button type="submit">Sign in as {_named(first)}</button>',
    )
    hidden = "".join(_HIDDEN.findall(page))
    forms = "".join(
        f'<form method="POST" action="/login">{hidden}'
        f'<input type="hidden" name="username" value="{html.escape(one["email"])}">'
        f'<input type="hidden" name="password" value="{html.escape(one["password"])}">'
        f'<button type="submit">Sign in as {_named(one)}</button></form>'
        for one in others
    )
    return page.replace("</form>", f"</form>{forms}", 1)


def _named(person: dict[str, str]) -> str:
    return html.escape(f"{person['email']} ({person['group']})")


def people_for(hint: str, file: Path) -> list[dict[str, str]]:
    """The demo people of a file that `nexus up` wrote, if the hint is that in it; else nobody."""
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        right = str(held.get("hint") or "")
        if not right or not secrets.compare_digest(right.encode(), hint.encode()):
            return []
        return [dict(one) for one in held.values() if isinstance(one, dict)]
    except (OSError, ValueError, AttributeError):
        return []
