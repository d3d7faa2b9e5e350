"""Parameters of OpenAPI files, as a service on a real socket gets them: by `style` and `explode`.

The examples are those of OpenAPI 3.1.1, "Style Examples".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.adapters.web_tools.addresses import Addresses
from nexus.adapters.web_tools.client import GuardedWebClient
from nexus.agents.configuration import HttpTool, OpenApiTools
from nexus.agents.credentials import Credentials
from nexus.agents.http_tool import HttpTools
from nexus.agents.openapi import openapi_tools
from nexus.agents.parameter_styles import Parameter, path_segment, query_of
from nexus.agents.tools import Asking, Tool
from nexus.errors import ConfigurationError, InvalidRequest
from nexus.models import Principal
from tests.fakes import FakeClock, FakeSecrets
from tests.tool_server import Answered, ToolServer, running_tool_server

ASKING = Asking(Principal("acme", "web", "user", "standard"), call_id="a-1")
LIST = {"type": "array", "items": {"type": "string"}}
OBJECT = {"type": "object", "properties": {n: {"type": "integer"} for n in "RGB"}}
COLOURS = ["blue", "black", "brown"]
RGB = {"R": 100, "G": 200, "B": 150}
ANSWER = Answered(body={"ok": True})


@pytest.fixture(scope="module")
def server() -> Iterator[ToolServer]:
    with running_tool_server() as running:
        yield running


def tools(server: ToolServer) -> HttpTools:
    web = GuardedWebClient(Addresses([server.host], private=[server.host]))
    return HttpTools(web, Credentials(FakeSecrets(), web, FakeClock()))


def of_file(
    server: ToolServer, folder: Path, *parameters: dict[str, Any], path: str = "/paint", **more: Any
) -> Tool:
    """The tool of an operation with these parameters."""
    operation = {"operationId": "paint", "parameters": list(parameters), **more}
    document = {
        "openapi": "3.1.1",
        "servers": [{"url": server.url}],
        "paths": {path: {"get": operation}},
    }
    (folder / "api.json").write_text(json.dumps(document))
    source = OpenApiTools(openapi="api.json", operations=("paint",), retries=0)
    [tool] = openapi_tools("shop", source, folder, tools(server))
    return tool


def sent(server: ToolServer, tool: Tool, **arguments: Any) -> str:
    """What the service gets of a call: its path and query, as they were sent."""
    before = len(server.calls)
    tool.call(arguments, ASKING)
    [call] = server.calls[before:]
    return call.target


def named(where: str = "query", schema: Any = None, **more: Any) -> dict[str, Any]:
    return {"name": "color", "in": where, "schema": schema or {}, **more}


@pytest.mark.parametrize(
    ("parameter", "value", "query"),
    [
        (named(schema=LIST), COLOURS, "color=blue&color=black&color=brown"),
        (named(schema=LIST, explode=True), COLOURS, "color=blue&color=black&color=brown"),
        (named(schema=LIST, explode=False), COLOURS, "color=blue,black,brown"),
        (named(schema=OBJECT), RGB, "R=100&G=200&B=150"),
        (named(schema=OBJECT, explode=False), RGB, "color=R,100,G,200,B,150"),
        (named(schema=LIST, style="spaceDelimited"), COLOURS, "color=blue%20black%20brown"),
        (named(schema=OBJECT, style="spaceDelimited"), RGB, "color=R%20100%20G%20200%20B%20150"),
        (named(schema=LIST, style="pipeDelimited"), COLOURS, "color=blue%7Cblack%7Cbrown"),
        (named(schema=OBJECT, style="pipeDelimited"), RGB, "color=R%7C100%7CG%7C200%7CB%7C150"),
        (named(schema=LIST, style="pipeDelimited", explode=True), ["a", "b"], "color=a&color=b"),
        (
            named(schema=OBJECT, style="deepObject", explode=True),
            RGB,
            "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
        ),
        (
            named(content={"application/json": {"schema": OBJECT}}),
            {"R": 1},
            "color=%7B%22R%22%3A1%7D",
        ),
        (named(schema={"type": "boolean"}), True, "color=true"),
        (named(schema={"type": "string"}), "a b&c=d,e", "color=a%20b%26c%3Dd%2Ce"),
        (named(schema={"type": "string"}), "..", "color=.."),
        (named(schema=LIST, explode=False), ["a,b", "c"], "color=a%2Cb,c"),
        (named(schema=LIST), ["a&b", "é"], "color=a%26b&color=%C3%A9"),
        (named(schema=LIST), [], ""),
        (named(), None, ""),
    ],
)
def test_a_query_is_written_as_the_file_says(
    server: ToolServer, tmp_path: Path, parameter: dict[str, Any], value: Any, query: str
) -> None:
    server.answer("/paint", ANSWER)
    target = sent(server, of_file(server, tmp_path, parameter), color=value)
    assert target == (f"/paint?{query}" if query else "/paint")


@pytest.mark.parametrize(
    ("parameter", "value", "segment"),
    [
        (named("path", LIST), COLOURS, "blue,black,brown"),
        (named("path", LIST, explode=True), COLOURS, "blue,black,brown"),
        (named("path", OBJECT), RGB, "R,100,G,200,B,150"),
        (named("path", OBJECT, explode=True, style="simple"), RGB, "R=100,G=200,B=150"),
        (named("path", LIST), ["a/b", "c,d"], "a%2Fb,c%2Cd"),
        (named("path", {"type": "boolean"}), False, "false"),
        (named("path", LIST), [".."], "%252E%252E"),
    ],
)
def test_a_part_of_a_path_is_written_as_the_file_says(
    server: ToolServer, tmp_path: Path, parameter: dict[str, Any], value: Any, segment: str
) -> None:
    tool = of_file(server, tmp_path, parameter, path="/paint/{color}/now")
    assert sent(server, tool, color=value) == f"/paint/{segment}/now"


@pytest.mark.parametrize(
    ("parameter", "says"),
    [
        (named("path", LIST, style="matrix"), "has the style matrix: in a path only simple"),
        (named("path", LIST, style="label"), "has the style label"),
        (named(schema=LIST, style="tabDelimited"), "only form, spaceDelimited, pipeDelimited"),
        (named(schema=LIST, style="deepObject"), "deepObject, which writes object alone"),
        (named(schema={"type": "boolean"}, style="spaceDelimited"), "writes array and object"),
        (named(schema={"type": "array", "items": LIST}), "in one another"),
        (named(schema={"type": "object", "properties": {"R": OBJECT}}), "in one another"),
        (named(schema={"type": "null"}), "is always null"),
        (named(schema={"type": "array", "items": {"type": "null"}}), "nothing but null"),
        (named(content={"text/csv": {}}), "text/csv: only application/json"),
    ],
)
def test_what_no_address_can_say_is_refused_while_the_file_is_read(
    server: ToolServer, tmp_path: Path, parameter: dict[str, Any], says: str
) -> None:
    path = "/paint/{color}" if parameter["in"] == "path" else "/paint"
    with pytest.raises(ConfigurationError, match=f"tools.shop: color of paint .*{says}"):
        of_file(server, tmp_path, parameter, path=path)


def test_what_a_file_leaves_open_is_refused_before_anything_is_sent(
    server: ToolServer, tmp_path: Path
) -> None:
    spaced = of_file(server, tmp_path, named(schema=LIST, style="spaceDelimited"))
    deep = of_file(server, tmp_path, named(style="deepObject"))
    open_ = of_file(server, tmp_path, named())
    part = of_file(server, tmp_path, named("path"), path="/paint/{color}")
    before = len(server.calls)
    for tool, value, says in (
        (spaced, ["light blue"], "no spaces"),
        (deep, ["blue"], "must be an object"),
        (deep, {"R": [1]}, "within another"),
        (open_, [["blue"]], "within another"),
        (open_, ["blue", None], "null"),
        (part, "", "must not be empty"),
        (part, [], "must not be empty"),
        (part, None, "null"),
    ):
        with pytest.raises(InvalidRequest, match=f"color .*{says}"):
            tool.call({"color": value}, ASKING)
    assert len(server.calls) == before


def test_an_object_s_names_take_no_other_parameter_s_place(
    server: ToolServer, tmp_path: Path
) -> None:
    account = {"name": "account", "in": "query", "schema": {"type": "string"}}
    tool = of_file(server, tmp_path, named(schema={"type": "object"}), account)
    with pytest.raises(InvalidRequest, match=r"color\.account is another parameter's name"):
        tool.call({"color": {"account": "8"}, "account": "7"}, ASKING)


def test_what_may_be_null_is_left_out_instead(server: ToolServer, tmp_path: Path) -> None:
    server.answer("/paint", ANSWER)
    ways = {"anyOf": [LIST, {"type": "null"}]}
    tool = of_file(server, tmp_path, named(schema=ways))
    assert tool.form.parameters["properties"]["color"]["type"] == "array"
    assert sent(server, tool, color=["a", "b"]) == "/paint?color=a&color=b"
    either = of_file(server, tmp_path, named(schema={"type": ["string", "null"]}))
    assert either.form.parameters["properties"]["color"]["type"] == ["string"]


def test_an_operation_s_parameter_stands_for_the_one_that_its_path_shares(
    server: ToolServer, tmp_path: Path
) -> None:
    server.answer("/paint", ANSWER)
    shared, own = named(schema=LIST), named(schema=LIST, explode=False)
    tool = of_file(server, tmp_path, shared, own)
    assert sent(server, tool, color=COLOURS) == "/paint?color=blue,black,brown"


@pytest.mark.parametrize(
    ("path", "parameters", "says"),
    [
        ("/paint/{wall}", [named()], "does not describe wall of its path"),
        ("/paint/{color}", [named(), named("path")], "color in its path and in its query"),
    ],
)
def test_a_path_that_the_file_does_not_describe_is_refused(
    server: ToolServer, tmp_path: Path, path: str, parameters: list[dict[str, Any]], says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says):
        of_file(server, tmp_path, *parameters, path=path)


def test_a_list_of_a_tool_of_a_few_lines_is_one_value_with_commas(server: ToolServer) -> None:
    server.answer("/paint", ANSWER)
    source = HttpTool(
        url=f"{server.url}/paint?shop=7", description="P.", parameters={"color": LIST}
    )
    tool = tools(server).of("paint", source)
    assert sent(server, tool, color=["a,b", "c"]) == "/paint?shop=7&color=a%2Cb,c"
    nested = source.model_copy(update={"parameters": {"color": {"type": "array", "items": LIST}}})
    with pytest.raises(ConfigurationError, match=r"tools\.paint: color holds lists"):
        tools(server).of("paint", nested)


TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1)


@given(TEXTS)
def test_whatever_texts_say_a_list_is_read_as_it_was_meant(texts: list[str]) -> None:
    many = query_of((Parameter("a", explode=True),), {"a": texts})
    assert [unquote(one.removeprefix("a=")) for one in many.split("&")] == texts
    one = query_of((Parameter("a"),), {"a": texts})
    assert [unquote(part) for part in one.removeprefix("a=").split(",")] == texts
    segment = path_segment(Parameter("a", "simple"), texts)
    assert "/" not in segment
    assert segment.strip(".")
    if any(text.strip(".") for text in texts) or len(texts) > 1:
        assert [unquote(part) for part in segment.split(",")] == texts
