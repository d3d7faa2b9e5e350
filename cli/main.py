"""The `nexus` command: its subcommands, and one sentence on standard error when one fails."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.markup import escape

from cli.command_table import CommandGroup
from cli.failure import Failure
from cli.terminal import errors
from nexus import __version__
from nexus.errors import NexusError

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Answers questions from your own documents, on this machine or in your AWS account.",
)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True)
    ] = False,
) -> None:
    """Print the version when asked."""
    if show:
        sys.stdout.write(f"{__version__}\n")
        raise typer.Exit


def main() -> None:
    """Runs the command line."""
    try:
        app()
    except (Failure, NexusError) as err:
        _fail(str(err))
    except Exception as err:
        sentence = _of_aws(err) or _of_system(err)
        if sentence is None:
            raise
        _fail(sentence)


def _of_system(err: Exception) -> str | None:
    if not isinstance(err, OSError):
        return None
    about = f"{err.filename}: " if err.filename else ""
    return f"{about}{err.strerror or err or type(err).__name__}."


def _of_aws(err: Exception) -> str | None:
    # The SDK is imported by the commands that need it, and here only once something has failed.
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(err, ClientError):
        error = err.response.get("Error", {})
        return f"AWS refused {err.operation_name}: {error.get('Message') or error.get('Code')}"
    if isinstance(err, BotoCoreError):
        return f"AWS could not be reached: {err}"
    return str(err) if isinstance(err, Boto3Error) else None


def _fail(sentence: str) -> None:
    errors.print(f"[red]nexus:[/] {escape(sentence)}", soft_wrap=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
