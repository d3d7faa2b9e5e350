"""Loads the whole service on this machine, for 13 minutes, or 20 seconds with `--smoke`.

    python -m tests.load [--smoke] [--write]

The stage `dev` is deployed onto the local AWS with the wire servers of the tests behind it, which
take as long as real ones may: an embedding 60 ms, a search 40 ms, what a model writes 800 ms.
Throttles are lifted, and the emulator runs up to 12 calls of each function side by side instead of
4. Answers are asked for afresh, past the cache. `--write` puts the table of a run that keeps every
promise into docs/scale.md.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import time
from pathlib import Path

from cli.local.layout import PROJECT
from nexus.adapters.pinecone.provisioning import index_schema
from tests.bench.reporting import arguments, report, table_of, with_block
from tests.e2e.aws_account import AwsAccount, aws_account
from tests.e2e.conftest import SAMPLES, free_port
from tests.load.measuring import Load, seen, warmed
from tests.load.promises import Result, broken, result
from tests.openai_server import Messages, running_openai_server
from tests.pinecone_server import API_KEY, PineconeServer

WORKERS = 12
EMBEDDING_S, SEARCH_S, MODEL_S = 0.06, 0.04, 0.8
DIMENSION = 1536
FULL = Load(askers=100, think_s=30, seconds=600, first_s=60)
SMOKE = Load(askers=10, think_s=2, seconds=20, first_s=2)
DOC = PROJECT / "docs" / "scale.md"
# A sentence of a prompt's passages, behind its number.
_SENTENCE = re.compile(r"<(\d+\.\d+)>\s*([^<\n]{20,})")
_QUESTION = re.compile(r"<question>\s*(.*?)\s*</question>", re.DOTALL)


def written(messages: Messages) -> str:
    """What the model writes: a passage's first sentence and where it stands, or the question.

    The question is what a model is asked to write anew that shows it no passage.
    """
    prompt = messages[-1]["content"]
    if found := _SENTENCE.search(prompt):
        return f"{found[2].strip()} [{found[1]}]"
    asked = _QUESTION.search(prompt)
    return asked[1] if asked else "1: S"


def run(load: Load, root: Path) -> Result:
    """Deploys, uploads the sample documents, and lets the askers ask."""
    os.environ["NEXUS_LOCAL_WORKERS"] = str(WORKERS)
    pinecone = PineconeServer(index_schema(DIMENSION))
    try:
        with (
            running_openai_server(DIMENSION) as models,
            aws_account(root, free_port(), PINECONE_CONTROLLER_HOST=pinecone.url) as account,
        ):
            models.answer_with(written)
            url, key = deployed(account, models.base_url, pinecone.url)
            models.latency_s = {"/embeddings": EMBEDDING_S, "/responses": MODEL_S}
            pinecone.search_s = SEARCH_S
            warmed(url, key, WORKERS)
            return result(load, seen(load, url, key, account.emulator, root))
    finally:
        pinecone.close()


def deployed(account: AwsAccount, models_url: str, pinecone_url: str) -> tuple[str, str]:
    """The URL of the stage, which has the documents, and a key for it. Ends if a command fails."""
    rates = {"standard_rate": 1000, "standard_burst": 2000, "standard_quota": 10_000_000}
    account.configure("dev", models_url=models_url, pinecone_host=pinecone_url, **rates)
    keys = {"OPENAI_API_KEY": "sk-of-the-load", "PINECONE_API_KEY": API_KEY}
    _done(account, "deploy", "--yes", **keys)
    _done(account, "upload", str(SAMPLES), "--tenant", "acme")
    [key] = re.findall(r"nx_[\w-]+", _done(account, "keys", "create", "load", "--tenant", "acme"))
    [url] = re.findall(r'"url": "([^"]+)"', _done(account, "status", "--json"))
    return url, key


def _done(account: AwsAccount, *arguments: str, **changes: str) -> str:
    done = account.nexus(*arguments, "--stage", "dev", **changes)
    if done.returncode:
        raise SystemExit(f"nexus {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def main() -> None:
    """Prints a table; exit 1 if a promise of the load is not kept."""
    parser = arguments(__doc__)
    parser.add_argument("--smoke", action="store_true", help="20 seconds, of 10 askers")
    parser.add_argument(
        "--write", action="store_true", help="put the table into docs/scale.md, if all is kept"
    )
    given = parser.parse_args()
    found = run(SMOKE if given.smoke else FULL, PROJECT / ".local" / "load")
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    note = (
        f"{os.cpu_count()} cores ({platform.machine()}), load average at the end {busy}, "
        f"niceness {os.nice(0)}"
    )
    report("Load", [found.row()], given.json, note)
    failures = broken(found, timed=not given.smoke)
    sys.stdout.writelines(f"✗ {one}\n" for one in failures)
    if given.write and not failures:
        content = f"{table_of([found.row()])}\n{time.strftime('%Y-%m-%d')}; {note}.\n"
        doc = DOC.read_text(encoding="utf-8")
        command = "python -m tests.load --write"
        DOC.write_text(with_block(doc, "load", command, content), encoding="utf-8")
    raise SystemExit(bool(failures))


if __name__ == "__main__":
    main()
