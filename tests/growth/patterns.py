"""Finds every regular expression of the code that sees outside text, and how it is used."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOMS = ("nexus", "functions", "cli.local.models")
_AT_ONE_PLACE = {"match", "fullmatch"}


@dataclass(frozen=True)
class Use:
    """A pattern, where it was found, and the methods that are called on it there."""

    where: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]

    @property
    def at_one_place(self) -> bool:
        """Whether the code only tries the pattern where it stands."""
        return bool(self.methods) and self.methods <= _AT_ONE_PLACE

    def work(self, text: str) -> None:
        """What the code does with the pattern: tries it at one place, or looks for it all over."""
        subject: Any = text.encode() if isinstance(self.pattern.pattern, bytes) else text
        if self.at_one_place:
            for method in self.methods:
                getattr(self.pattern, method)(subject)
        else:
            for _ in self.pattern.finditer(subject):
                pass


def uses() -> list[Use]:
    """Every pattern of the rooms: those that modules hold, and those written where they are used.

    One that is imported elsewhere is used in all the ways of all its modules.
    """
    called: dict[int, set[str]] = {}
    named: dict[int, tuple[str, re.Pattern[Any]]] = {}
    inline: list[Use] = []
    for module in _modules():
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        methods, made = _methods_by_name(tree), _made(tree)
        for name, value in vars(module).items():
            for pattern in _patterns_in(value):
                if name in made or id(pattern) not in named:
                    named[id(pattern)] = f"{module.__name__}.{name}", pattern
                called.setdefault(id(pattern), set()).update(methods.get(name, {"search"}))
        inline += _inline(module.__name__, tree)
    own = [Use(where, p, frozenset(called[key])) for key, (where, p) in named.items()]
    return [*own, *inline]


def _modules() -> Iterator[ModuleType]:
    for room in ROOMS:
        package = importlib.import_module(room)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            # What a function starts from builds all it needs, and defers every pattern imported
            # after it, in whose stead none would be found. All it does is delegate.
            if not found.name.endswith((".handler", ".server")):
                yield importlib.import_module(found.name)


def _patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _patterns_in(item)
    elif isinstance(value, (tuple, list, set, frozenset)):
        for item in value:
            yield from _patterns_in(item)


def _made(tree: ast.Module) -> set[str]:
    """The names that the module itself gives, and does not import."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _methods_by_name(tree: ast.Module) -> dict[str, set[str]]:
    """What is done with each name: the methods called on it, or "search" where it is passed on."""
    found: dict[str, set[str]] = {}
    called_on: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr != "pattern":
                found.setdefault(node.value.id, set()).add(node.attr)
            called_on.add(id(node.value))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and id(node) not in called_on
        ):
            found.setdefault(node.id, set()).add("search")
    return found


def _inline(module: str, tree: ast.Module) -> Iterator[Use]:
    """The patterns that are given to functions of `re` where they are used."""
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in ("search", "match", "fullmatch", "sub", "subn", "split",
                                   "findall", "finditer")
        ):  # fmt: skip
            continue
        written = node.args[0]
        where = f"{module}:{node.lineno}"
        assert isinstance(written, ast.Constant), f"{where}: name this pattern in its module"
        yield Use(where, re.compile(written.value), frozenset({node.func.attr}))
