"""A cold function compiles an expression when it is first used; a snapshot holds them all."""

from __future__ import annotations

import re
from types import CodeType
from typing import Any

import pytest

from nexus.wiring import patterns
from nexus.wiring.patterns import Deferred, defer_patterns

MODULE = compile("import re\nFOUND = re.compile('a(b+)', re.IGNORECASE)\n", "module", "exec")
FUNCTION = compile("import re\ndef make(): return re.compile('(')\n", "module", "exec")


@pytest.fixture(autouse=True)
def undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """`re` as it comes: another test of this process may have imported the chat function."""
    monkeypatch.setattr(re, "compile", patterns._compile)


def executed(code: CodeType, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"__name__": name}
    exec(code, found)  # noqa: S102 - as importing does
    return found


def test_what_our_modules_compile_behaves_as_a_pattern() -> None:
    defer_patterns({})
    found = executed(MODULE, "nexus.text.made")["FOUND"]
    assert isinstance(found, Deferred)
    match = found.search("xABBy")
    assert match is not None
    assert match[1] == "BB"
    assert found.sub("-", "ab cab") == "- c-"
    assert found.search is found.search
    assert (found.pattern, found.groups) == ("a(b+)", 1)
    with pytest.raises(AttributeError):
        found.no_such_thing  # noqa: B018


def test_what_others_compile_and_what_is_compiled_at_work_is_compiled_at_once() -> None:
    defer_patterns({})
    assert isinstance(executed(MODULE, "fastapi.routing")["FOUND"], re.Pattern)
    with pytest.raises(re.error):
        executed(FUNCTION, "nexus.text.made")["make"]()


def test_a_function_that_starts_from_a_snapshot_has_compiled_all() -> None:
    defer_patterns({"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"})
    assert isinstance(executed(MODULE, "nexus.text.made")["FOUND"], re.Pattern)
