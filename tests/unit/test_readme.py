"""The README and the reference say what the code does: its settings, its commands, its routes."""

from __future__ import annotations

import re

import typer
from typer.main import get_command

from cli.local.layout import PROJECT
from cli.main import app
from cli.reference import (
    AUDIO_ROUTES,
    ROUTES,
    audio_routes,
    documents_routes,
    with_settings,
)

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_settings_are_those_of_the_code() -> None:
    assert with_settings(README) == README, "run `python -m cli.reference`"


def test_the_described_routes_of_documents_are_those_of_the_code() -> None:
    assert ROUTES.read_text(encoding="utf-8") == documents_routes(), "run `python -m cli.reference`"


def test_the_described_routes_of_audio_are_those_of_the_code() -> None:
    described = AUDIO_ROUTES.read_text(encoding="utf-8")
    assert described == audio_routes(), "run `python -m cli.reference`"


def test_every_command_and_every_option_it_names_exist() -> None:
    command = get_command(app)
    context = typer.Context(command)
    names = set(command.list_commands(context))  # type: ignore[attr-defined]
    rows = re.findall(r"^\| `nexus ([a-z-]+)([^`]*)` \|", README, re.MULTILINE)
    assert {name for name, _ in rows} == names
    for name, usage in rows:
        found = command.get_command(context, name)  # type: ignore[attr-defined]
        parts = [found, *getattr(found, "commands", {}).values()]
        known = {option for part in parts for one in part.params for option in one.opts}
        assert set(re.findall(r"--[a-z-]+", usage)) <= known, name


def test_links_to_files_of_the_repository_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (PROJECT / target).exists(), target
