"""The `nexus` command: its subcommands, and one sentence on standard error when one fails."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from rich.markup import escape

from cli.commands import (
    backup,
    cdk,
    dead_letters,
    deploy,
    destroy,
    doctor,
    documents,
    gateway_logs,
    invoke,
    keys,
    pinecone_index,
    secrets,
    status,
    up,
    upload,
)
from cli.commands.ask import ask
from cli.commands.evaluate import evaluate
from cli.commands.reindex import reindex
from cli.commands.restore import restore
from cli.failure import Failure
from cli.terminal import errors
from nexus import __version__
from nexus.errors import NexusError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Answers questions from your own documents, on this machine or in your AWS account.",
)
app.command()(up.up)
app.command()(up.down)
app.command()(status.status)
app.command()(ask)
app.command()(upload.upload)
app.add_typer(documents.app, name="documents")
app.command()(backup.backup)
app.command()(backup.backups)
app.command()(restore)
app.add_typer(keys.app, name="keys")
app.add_typer(dead_letters.app, name="dead-letters")
app.command()(invoke.invoke)
app.command()(reindex)
app.command("eval")(evaluate)
app.command()(doctor.doctor)
app.command()(deploy.deploy)
app.command()(secrets.secrets)
app.command()(destroy.destroy)
app.command()(pinecone_index.pinecone_index)
app.command("gateway-logs")(gateway_logs.gateway_logs)
app.command(context_settings=cdk.PASS_ON)(cdk.cdk)


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
    except ClientError as err:
        error = err.response.get("Error", {})
        _fail(f"AWS refused {err.operation_name}: {error.get('Message') or error.get('Code')}")
    except BotoCoreError as err:
        _fail(f"AWS could not be reached: {err}")
    except Boto3Error as err:
        _fail(str(err))
    except OSError as err:
        about = f"{err.filename}: " if err.filename else ""
        _fail(f"{about}{err.strerror or err or type(err).__name__}.")


def _fail(sentence: str) -> None:
    errors.print(f"[red]nexus:[/] {escape(sentence)}", soft_wrap=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
