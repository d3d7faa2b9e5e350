"""Whether a stage's page can be made: its name, its looks, its questions and who may frame it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

COLOURS = ("accent", "accent_dark")
LANGUAGES = ("en", "id")
# What a browser is told the picture is, by the end of its file's name.
PICTURES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
# It goes into config.json, which every visitor loads first.
MOST_LOGO_BYTES = 32_768
_MOST_NAME, _MOST_QUESTIONS, _MOST_QUESTION = 40, 6, 120
_COLOUR = re.compile("#[0-9a-fA-F]{6}")
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(
    rf"https://{_LABEL}(?:\.{_LABEL}){{1,8}}(?::\d{{1,5}})?"
    r"|http://(?:localhost|127\.0\.0\.1):\d{1,5}"
)
_ROOT = Path(__file__).resolve().parent.parent


class _Shown(Protocol):
    """The fields of a stage that are read here."""

    @property
    def host(self) -> bool: ...
    @property
    def page(self) -> bool: ...
    @property
    def page_url(self) -> str: ...
    @property
    def page_name(self) -> str: ...
    @property
    def page_logo(self) -> str: ...
    @property
    def page_colours(self) -> Mapping[str, str]: ...
    @property
    def page_questions(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def page_embedders(self) -> tuple[str, ...]: ...
    @property
    def sign_in(self) -> str: ...
    @property
    def sign_in_domain(self) -> str: ...
    @property
    def sign_in_url(self) -> str: ...
    @property
    def oidc_authorization_url(self) -> str: ...
    @property
    def oidc_token_url(self) -> str: ...
    @property
    def oidc_sign_out_url(self) -> str: ...


def logo_file(stage: _Shown) -> Path:
    """Where the stage's logo is, if `page_logo` names one; a relative path is the project's."""
    return _ROOT / stage.page_logo


def page_faults(stage: _Shown) -> Iterator[str]:
    """What is wrong with a stage's page, each without a full stop."""
    if stage.page_url and not stage.host:
        yield "page_url must be empty where AWS runs the functions"
    if stage.page_url and not _ORIGIN.fullmatch(stage.page_url):
        yield "page_url must be an origin, such as http://127.0.0.1:4568, without a path"
    yield from _faults_of_looks(stage)
    yield from _faults_of_questions(stage)
    for origin in stage.page_embedders:
        if not _ORIGIN.fullmatch(origin):
            yield (
                f"page_embedders: {origin!r} must be an origin, such as "
                "https://intranet.example.org, without a path"
            )
    if stage.page:
        yield from _faults_of_sign_in(stage)


def _faults_of_looks(stage: _Shown) -> Iterator[str]:
    if not 0 < len(stage.page_name.strip()) <= _MOST_NAME:
        yield f"page_name must have 1 to {_MOST_NAME} characters"
    if stage.page_logo:
        file = logo_file(stage)
        if file.suffix.lower() not in PICTURES:
            yield f"page_logo must be the path of a picture ({', '.join(PICTURES)})"
        elif not file.is_file() or not 0 < file.stat().st_size <= MOST_LOGO_BYTES:
            yield f"page_logo must be a file of at most {MOST_LOGO_BYTES:,} bytes"
    for name, colour in stage.page_colours.items():
        if name not in COLOURS or not _COLOUR.fullmatch(colour):
            yield f"page_colours must be {' or '.join(COLOURS)} as #rrggbb; there is {name!r}"


def _faults_of_questions(stage: _Shown) -> Iterator[str]:
    for language, questions in stage.page_questions.items():
        if language not in LANGUAGES:
            yield f"page_questions must be by language, {' or '.join(LANGUAGES)}"
        if len(questions) > _MOST_QUESTIONS or any(len(one) > _MOST_QUESTION for one in questions):
            yield (
                f"page_questions must be at most {_MOST_QUESTIONS} of each language, of at most "
                f"{_MOST_QUESTION} characters"
            )


def _faults_of_sign_in(stage: _Shown) -> Iterator[str]:
    if stage.sign_in == "cognito" and not (stage.sign_in_domain or stage.sign_in_url):
        yield "sign_in_domain must say where people sign in, for the page sends them there"
    if stage.sign_in == "oidc":
        for field in ("oidc_authorization_url", "oidc_token_url"):
            if not getattr(stage, field).startswith("https://"):
                yield f"{field} must be https://…, for the page sends people there"
    if stage.oidc_sign_out_url and not stage.oidc_sign_out_url.startswith("https://"):
        yield "oidc_sign_out_url must be https://…"
