"""Tools that are Python functions beside agents.toml, marked by the decorator `tool`.

    from nexus.agents.python_tools import tool

    @tool("The working days between two dates, YYYY-MM-DD.")
    def working_days(begin: str, end: str) -> dict[str, int]:
        ...

They are the deployment's own code, and run with the function's rights.
"""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, overload

from pydantic import ConfigDict, ValidationError, create_model

from nexus.agents.configuration import PythonTools
from nexus.agents.results import clipped, passage_of, text_of_value
from nexus.agents.tools import Asking, Given, Tool
from nexus.errors import ConfigurationError
from nexus.ports.tool_chats import ToolForm

F = TypeVar("F", bound=Callable[..., Any])
_MARK = "__nexus_tool__"


@dataclass(frozen=True, slots=True)
class _Marked:
    description: str
    title: str
    changes: bool


@overload
def tool(description: F, /) -> F: ...


@overload
def tool(
    description: str = "", /, *, title: str = "", changes: bool = False
) -> Callable[[F], F]: ...


def tool(description: F | str = "", /, *, title: str = "", changes: bool = False) -> Any:
    """Makes a function a tool; its parameters' types are what a model may give.

    The description, without one the function's docstring, tells a model what it is for. What it
    returns, a text or what JSON can say, is what the answer is written from and cites. One that
    `changes` something waits for the user's confirmation. Raises ConfigurationError of a function
    that nothing describes.
    """
    told = description if isinstance(description, str) else ""

    def mark(function: F) -> F:
        said = told or inspect.getdoc(function) or ""
        if not said:
            name = getattr(function, "__name__", "a function")
            raise ConfigurationError(f"{name} has no description: write it a docstring.")
        setattr(function, _MARK, _Marked(said, title, changes))
        return function

    return mark if isinstance(description, str) else mark(description)


def python_tools(name: str, source: PythonTools, folder: Path) -> list[Tool]:
    """The tools of a file. Raises ConfigurationError where it cannot be loaded or has none."""
    path = folder / source.python
    spec = importlib.util.spec_from_file_location(f"nexus_agent_tools_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"tools.{name}: {source.python} cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as err:
        said = str(err) if isinstance(err, ConfigurationError) else type(err).__name__
        raise ConfigurationError(
            f"tools.{name}: {source.python} cannot be loaded ({said})."
        ) from err
    found = [one for one in vars(module).values() if callable(one) and hasattr(one, _MARK)]
    if not found:
        raise ConfigurationError(f"tools.{name}: {source.python} has no function marked @tool.")
    return [_tool(source, function) for function in found]


def _tool(source: PythonTools, function: Callable[..., Any]) -> Tool:
    marked: _Marked = getattr(function, _MARK)
    called = function.__name__
    parameters = inspect.signature(function, eval_str=True).parameters.values()
    fields: dict[str, Any] = {
        one.name: (
            Any if one.annotation is one.empty else one.annotation,
            ... if one.default is one.empty else one.default,
        )
        for one in parameters
    }
    model = create_model(called, __config__=ConfigDict(extra="forbid"), **fields)
    title = marked.title or called

    def made(arguments: Mapping[str, Any], asking: Asking) -> Given:
        del asking
        try:
            checked = model.model_validate(dict(arguments))
        except ValidationError as err:
            first = err.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(map(str, first["loc"]))
            return Given(said=f"{where}: {first['msg']}.", outcome="failed", detail="arguments")
        given = function(**{one.name: getattr(checked, one.name) for one in parameters})
        text = clipped(given) if isinstance(given, str) else text_of_value(given)
        if given is None or not text.strip():
            return Given(said="It has done it, and gave nothing back.")
        return Given((passage_of(called, title, text),))

    form = ToolForm(called, marked.description, model.model_json_schema())
    return Tool(
        form,
        title,
        made,
        changes=marked.changes,
        confirm=source.confirm,
        timeout_s=source.timeout_s,
    )
