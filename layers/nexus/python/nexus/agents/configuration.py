"""What `agents.toml` says: the agents of a deployment, their tools, and their bounds."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

# Names of tools go to models, which take letters, digits and underscores, 64 at most.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8_000)]
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.\-\[\]:]{1,255}$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]{1,1000}$")]

SEARCH, TABLES = "search_documents", "query_table"
BUILT_IN = (SEARCH, TABLES)
# Who is asked for where a router is to pick.
AUTO = "auto"
# What a tool is, by the field that says so.
KINDS = ("url", "openapi", "mcp", "python")
# What only reads: it may be tried again, and needs nobody's confirmation.
READING = ("GET", "HEAD")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bounds(_Strict):
    """The most that one answer of an agent takes; its request's deadline and budgets stand above.

    `steps` are words of the model, `calls` are calls of tools, `dollars` are US dollars.
    """

    steps: int = Field(default=8, ge=1, le=50)
    calls: int = Field(default=16, ge=1, le=100)
    tokens: int = Field(default=120_000, ge=10_000, le=2_000_000)
    dollars: float = Field(default=0.25, gt=0, le=100)
    seconds: float = Field(default=26.0, ge=2, le=600)


class Documents(_Strict):
    """Which documents an agent sees, of those that its caller may see; an empty list is all."""

    departments: tuple[Text, ...] = ()
    tags: tuple[Text, ...] = ()
    groups: tuple[Text, ...] = ()
    document_ids: tuple[Text, ...] = ()


class Agent(_Strict):
    """One agent; `model` "" is the stage's, and `handoffs` are whom it may hand over to.

    With `search_first` it searches for the question before its model is asked; with `decompose`
    a question may first be taken apart into several searches.
    """

    title: Text | None = None
    description: Text
    instructions: Text
    model: str = ""
    documents: Documents = Documents()
    tools: tuple[Name, ...] = (SEARCH,)
    handoffs: tuple[Name, ...] = ()
    search_first: bool = True
    decompose: bool = False


class Auth(_Strict):
    """How a tool's calls are signed: by what the secret of that name or ARN holds.

    Of "oauth2" the secret is JSON with `client_id` and `client_secret`.
    """

    kind: Literal["bearer", "api_key", "oauth2"]
    secret: Text
    header: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,60}$")] = "x-api-key"
    token_url: Url | None = None
    scope: str = ""

    @model_validator(mode="after")
    def _has_a_token_url(self) -> Auth:
        if self.kind == "oauth2" and self.token_url is None:
            raise ValueError("oauth2 needs token_url, where tokens are given out")
        return self


class _Outside(_Strict):
    auth: Auth | None = None
    timeout_s: float = Field(default=8.0, gt=0, le=60)
    retries: int = Field(default=2, ge=0, le=5)
    max_bytes: int = Field(default=65_536, ge=256, le=1_000_000)
    confirm: bool = True


class HttpTool(_Outside):
    """A call of one address; what stands in braces in the URL is filled from the parameters.

    `changes` says whether it changes anything; unless said, all but GET and HEAD do.
    """

    url: Url
    description: Text
    title: Text | None = None
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    parameters: dict[str, dict[str, Any]] = {}
    required: tuple[str, ...] = ()
    changes: bool | None = None

    @property
    def does_change(self) -> bool:
        """Whether calling it changes something."""
        return self.method not in READING if self.changes is None else self.changes


class OpenApiTools(_Outside):
    """Operations of an OpenAPI file (JSON) beside agents.toml; `reads` are those that only read."""

    openapi: Text
    operations: tuple[str, ...] = Field(min_length=1)
    server: Url | None = None
    reads: tuple[str, ...] = ()


class McpTools(_Outside):
    """Tools of an MCP server; `tools` are those that are used, `reads` those that only read."""

    mcp: Url
    tools: tuple[str, ...] = Field(min_length=1)
    reads: tuple[str, ...] = ()


class PythonTools(_Strict):
    """A Python file beside agents.toml, whose functions with the decorator `tool` are the tools."""

    python: Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*\.py$")]
    timeout_s: float = Field(default=8.0, gt=0, le=60)
    confirm: bool = True


def _kind(value: Any) -> str | None:
    given = value if isinstance(value, dict) else vars(value)
    kinds = [kind for kind in KINDS if kind in given]
    return kinds[0] if len(kinds) == 1 else None


ToolSource = Annotated[
    Union[  # noqa: UP007 - a list of marked kinds
        Annotated[HttpTool, Tag("url")],
        Annotated[OpenApiTools, Tag("openapi")],
        Annotated[McpTools, Tag("mcp")],
        Annotated[PythonTools, Tag("python")],
    ],
    Discriminator(
        _kind,
        custom_error_type="kind_of_tool",
        custom_error_message="a tool has one of url, openapi, mcp and python",
    ),
]


class Network(_Strict):
    """Which hosts tools may speak to, as `host` or `host:port`, and no other.

    `private` are those of them, as `host:port`, that may have an address of a private network.
    """

    hosts: tuple[Host, ...] = ()
    private: tuple[Host, ...] = ()


class Configuration(_Strict):
    """All of `agents.toml`; `default` answers where a request names no agent, "" is nobody."""

    agents: dict[Name, Agent] = Field(min_length=1)
    tools: dict[Name, ToolSource] = {}
    network: Network = Network()
    bounds: Bounds = Bounds()
    default: str = ""
    confirm_within_s: int = Field(default=600, ge=10, le=86_400)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets that tools are signed with, by name or ARN."""
        found = (getattr(source, "auth", None) for source in self.tools.values())
        return tuple(dict.fromkeys(auth.secret for auth in found if auth is not None))

    @property
    def files(self) -> tuple[str, ...]:
        """The files beside agents.toml that it names."""
        named = [
            getattr(source, "openapi", None) or getattr(source, "python", None)
            for source in self.tools.values()
        ]
        return tuple(dict.fromkeys(name for name in named if name))
