"""Reads `agents.toml`, and says of what is wrong in it where it stands and what it should be.

`python -m nexus.agents.reading FOLDER` checks a folder, and prints as JSON what the infrastructure
has to know of it: the secrets that its tools read, and the models that agents name.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from nexus.agents.configuration import AUTO, BUILT_IN, KINDS, Configuration, PythonTools
from nexus.errors import ConfigurationError

FILE = "agents.toml"
_QUOTED = " \t\"'"


def read_agents(folder: Path) -> Configuration:
    """The configuration in a folder. Raises ConfigurationError naming the line and the field."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise ConfigurationError(
            f"{folder / FILE} cannot be read ({type(err).__name__}): write it, or name no folder."
        ) from err
    configuration = parse_agents(text)
    for name in configuration.files:
        if Path(name).name != name or not (folder / name).is_file():
            raise ConfigurationError(
                f"{FILE}{_at(text, ('tools',), name)}: there is no file {name} beside it."
            )
    return configuration


def parse_agents(text: str) -> Configuration:
    """What the text of an `agents.toml` says. Raises ConfigurationError naming line and field."""
    try:
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as err:
        raise ConfigurationError(f"{FILE} is no TOML: {err}.") from err
    try:
        found = Configuration.model_validate(given)
    except ValidationError as err:
        first = err.errors(include_url=False, include_input=False)[0]
        # A union names the member that was tried: no field of the file.
        path = tuple(str(part) for part in first["loc"])
        if path[:1] == ("tools",) and len(path) > 3 and path[2] in KINDS:
            path = (*path[:2], *path[3:])
        said = first["msg"].removeprefix("Value error, ")
        said = said[:1].lower() + said[1:]
        where = ".".join(path) or "the file"
        raise ConfigurationError(f"{FILE}{_at(text, path)}: {where}: {said}.") from err
    for path, fault in _faults(found):
        raise ConfigurationError(f"{FILE}{_at(text, path)}: {'.'.join(path)}: {fault}.")
    return found


def _faults(found: Configuration) -> Sequence[tuple[tuple[str, ...], str]]:
    """What no field alone shows, each with its path."""
    faults: list[tuple[tuple[str, ...], str]] = []
    known = {*BUILT_IN, *found.tools}
    for name in (AUTO, *BUILT_IN):
        if name in found.agents or name in found.tools:
            kind = "agents" if name in found.agents else "tools"
            faults.append(((kind, name), "the name is taken by Nexus"))
    for name, agent in found.agents.items():
        path = ("agents", name)
        faults += [
            ((*path, "tools"), f"there is no tool {tool}; there are {', '.join(sorted(known))}")
            for tool in agent.tools
            if tool not in known
        ]
        others = sorted(set(found.agents) - {name})
        faults += [
            ((*path, "handoffs"), f"there is no other agent {other}; there are {others}")
            for other in agent.handoffs
            if other not in others
        ]
    if found.default not in ("", AUTO, *found.agents):
        faults.append((("default",), f"there is no agent {found.default}"))
    allowed = set(found.network.hosts)
    for one in found.network.private:
        if one not in allowed or not re.search(r":\d{1,5}$", one):
            faults.append((("network", "private"), f"{one} must be host:port, and one of hosts"))
    for name, source in found.tools.items():
        for field in ("url", "server", "mcp"):
            if (url := getattr(source, field, None)) and not _is_allowed(url, allowed):
                faults.append((("tools", name, field), f"{_host(url)} is not one of network.hosts"))
        auth = getattr(source, "auth", None)
        if auth and auth.token_url and not _is_allowed(auth.token_url, allowed):
            fault = f"{_host(auth.token_url)} is not one of network.hosts"
            faults.append((("tools", name, "auth"), fault))
    return faults


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _is_allowed(url: str, hosts: set[str]) -> bool:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        return False
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    host = (parts.hostname or "").lower()
    lowered = {one.lower() for one in hosts}
    return f"{host}:{port or usual}" in lowered or (port in (None, usual) and host in lowered)


def _at(text: str, path: Sequence[str], word: str = "") -> str:
    """The words ", line N" of the field at a path, or of the nearest table that the file names."""
    table: tuple[str, ...] = ()
    best, best_depth = 0, 0
    for number, line in enumerate(text.splitlines(), start=1):
        if word and word in line:
            return f", line {number}"
        here: tuple[str, ...] | None = None
        name, closed, rest = line.strip().lstrip("[").partition("]")
        if line.lstrip().startswith("[") and closed and rest.lstrip("] \t")[:1] in ("", "#"):
            table = tuple(part.strip(_QUOTED) for part in name.split("."))
            here = table
        elif "=" in line:
            here = (*table, line.partition("=")[0].partition(".")[0].strip(_QUOTED))
        if here and tuple(path[: len(here)]) == here and len(here) > best_depth:
            best, best_depth = number, len(here)
    return f", line {best}" if best else ""


def main(arguments: Sequence[str]) -> int:
    """Checks the folder that is named; prints what is wrong, or secrets and models as JSON."""
    folder = Path(arguments[0])
    try:
        found = read_agents(folder)
        _load_python_tools(found, folder)
    except ConfigurationError as err:
        sys.stderr.write(f"{err}\n")
        return 1
    models = sorted({agent.model for agent in found.agents.values()} - {""})
    sys.stdout.write(json.dumps({"secrets": found.secrets, "models": models}) + "\n")
    return 0


def _load_python_tools(found: Configuration, folder: Path) -> None:
    """Raises ConfigurationError for a file that would take the functions down when they start."""
    from nexus.agents.python_tools import python_tools

    for name, source in found.tools.items():
        if isinstance(source, PythonTools):
            python_tools(name, source, folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
