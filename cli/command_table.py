"""The commands of `nexus`, each imported only when it is the one that was asked for.

Together they import AWS's SDK, ONNX and NumPy, which is a second that `--help` does not need.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

# name: (module below cli.commands, the function or Typer in it, its help in the list of commands)
COMMANDS = {
    "up": (
        "up",
        "up",
        "Start the whole service on this machine, ingest documents, answer a question, and stay.",
    ),
    "down": (
        "up",
        "down",
        "Stop what `nexus up` started; documents and conversations stay for the next start.",
    ),
    "status": ("status", "status", "Show a deployment's URL, health and documents."),
    "ask": (
        "ask",
        "ask",
        "Ask a question and print the answer, as it is written, with its sources.",
    ),
    "chat": (
        "chat",
        "chat",
        "Talk with a deployment; each question is read with those before it.",
    ),
    "audio": (
        "audio",
        "audio",
        "Ask by a recording; print what was heard and the answer; with --out, write it as speech.",
    ),
    "upload": (
        "upload",
        "upload",
        "Upload documents: a file under its name, a folder's files under their paths in it.",
    ),
    "backup": (
        "backup",
        "backup",
        "Write a snapshot of the live index: catalogue, manifests and vectors, as Parquet files.",
    ),
    "backups": ("backup", "backups", "List the snapshots, the newest first."),
    "restore": (
        "restore",
        "restore",
        "Rebuild the index from a snapshot as a new generation, without embedding anything.",
    ),
    "invoke": ("invoke", "invoke", "Run a function with an event and print what it returns."),
    "reindex": (
        "reindex",
        "reindex",
        "Compare bucket, catalogue and index, and repair what differs.",
    ),
    "eval": (
        "evaluate",
        "evaluate",
        "Measure a corpus, or a deployment, against questions whose answers are known.",
    ),
    "doctor": (
        "doctor",
        "doctor",
        "Check tools, configuration, secrets and every upstream; exit 1 if something is broken.",
    ),
    "deploy": (
        "deploy",
        "deploy",
        "Deploy a stage to AWS: check, show what changes, ask, deploy, set keys, and try it.",
    ),
    "rollback": (
        "rollback",
        "rollback",
        "Give callers the functions from before the last deployment, which stay for a day.",
    ),
    "secrets": (
        "secrets",
        "secrets",
        "Ask for the keys of a stage's upstreams, or take those of the environment, and keep them.",
    ),
    "destroy": (
        "destroy",
        "destroy",
        "Remove a stage from AWS with its documents, where its stage does not keep them.",
    ),
    "pinecone-index": (
        "pinecone_index",
        "pinecone_index",
        "Make a Pinecone index with the schema that Nexus needs, and print its host for cdk.json.",
    ),
    "dashboard": (
        "dashboard",
        "dashboard",
        "Print the address of the stage's figures: CloudWatch's dashboard, or the local page.",
    ),
    "gateway-logs": (
        "gateway_logs",
        "gateway_logs",
        "Let API Gateway write logs in the stage's account and region, where nothing lets it yet.",
    ),
    "cdk": ("cdk", "app", "Run the CDK, for example `nexus cdk diff --context stage=prod`."),
    "documents": (
        "documents",
        "app",
        "List documents, or do with one what a subcommand says.",
    ),
    "conversations": (
        "conversations",
        "app",
        "List what an API key's client has asked, or show, rename, export and delete it.",
    ),
    "usage": (
        "usage",
        "usage",
        "Show what was spent of budgets, and when they start anew.",
    ),
    "analytics": (
        "analytics",
        "analytics",
        "Show what a tenant was asked, how the answers fared, and what they cost.",
    ),
    "gaps": (
        "analytics",
        "gaps",
        "Show the questions that got no good answer, by likeness, with the closest documents.",
    ),
    "config": (
        "configuration",
        "app",
        "Save a stage's configuration as one file, without keys, and restore it.",
    ),
    "keys": ("keys", "app", "Make, rotate, list, attach, copy and revoke API keys."),
    "people": ("people", "app", "List, add, change and remove the people who sign in."),
    "connect": (
        "connect",
        "app",
        "Bring documents from web sites, wikis, shares and repositories.",
    ),
    "dead-letters": (
        "dead_letters",
        "app",
        "See what ingestion gave up, and why; send it there again.",
    ),
}


class CommandGroup(TyperGroup):
    """A group that imports a command when it is taken from it, and none to list them."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{**given, "commands": None})
        self.commands = _Commands()
        self._listing = False

    def list_commands(self, _ctx: Any) -> list[str]:
        """The names of all commands, in the order of the table."""
        return list(self.commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, or while help is written only its name and help."""
        if self._listing and cmd_name in COMMANDS:
            return TyperCommand(cmd_name, help=COMMANDS[cmd_name][2])
        return super().get_command(ctx, cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Writes the help of the group without importing what it lists."""
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False


class _Commands(MutableMapping[str, Any]):
    """The commands by name; taking one out imports it."""

    def __init__(self) -> None:
        self._imported: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._imported:
            self._imported[name] = _imported(name)
        return self._imported[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._imported[name] = command

    def __delitem__(self, name: str) -> None:
        del self._imported[name]

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS or name in self._imported

    def __iter__(self) -> Iterator[str]:
        return iter({**COMMANDS, **self._imported})

    def __len__(self) -> int:
        return len({**COMMANDS, **self._imported})


def _imported(name: str) -> Any:
    module, attribute, _ = COMMANDS[name]
    found = getattr(import_module(f"cli.commands.{module}"), attribute)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        found = alone
    command = typer.main.get_command(found)
    command.name = name
    return command
