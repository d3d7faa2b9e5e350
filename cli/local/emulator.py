"""The local AWS: how the emulator is started, and what it must be told so that it keeps its state.

The emulator (ministack) runs each function in subprocesses of its own interpreter and gives them
its own environment, so that environment holds only what is listed here. Its state is saved every
few seconds and when it is ended by SIGTERM; every address in that state names its port.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from cli.failure import Failure
from cli.local.access import credentials
from cli.local.access.credentials import ACCESS_KEY_ID, REGION, Credentials
from cli.local.access.health import HEALTH
from cli.local.layout import PACKAGES, PROJECT, Layout, emptied, read_json, write_json, write_text
from cli.local.processes import Process, require_free, start
from cli.local.run_record import EMULATOR, page_origin
from cli.stage_names import LOCAL, stack_names

ACCOUNT = ACCESS_KEY_ID
# The revision of a function that a version of it was made of, as the emulator's state tells it.
_MADE_OF = re.compile(r'("function_revision": ?)"[^"]*"')
_PROGRAM = Path(__file__).with_name("emulator_main.py")
# The machine's own settings that functions may need: how to reach the network, and nothing else.
_PASSED_ON = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"),
)


def start_emulator(layout: Layout, python: Path, port: int) -> Process:
    """Starts the emulator on 127.0.0.1, with credentials of its own; it answers a moment later.

    Raises Failure if the port is taken, or NEXUS_LOCAL_WORKERS is no number of workers.
    """
    workers = _workers()
    require_free(port, "the local AWS")
    if not was_deployed(layout):
        _begin_anew(layout)
    before = read_json(layout.credentials_file).get("models_key")
    made = credentials.renew(layout, port)
    (layout.state / "sts.json").unlink(missing_ok=True)  # credentials that the run before gave
    _bring_up_to_date(layout, port, before if isinstance(before, str) else None, made)
    emptied(layout.scratch)
    layout.unclean_file.touch()
    return start(
        EMULATOR,
        # -P: nothing that lies beside the program may be imported by chance.
        [str(python), "-P", str(_PROGRAM)],
        env=_environment(layout, port, made) | {"WORKERS": workers},
        cwd=layout.root,
        log=layout.log("emulator"),
        port=port,
    )


def health_url(port: int) -> str:
    """Answers 200 once the emulator is up."""
    return f"http://127.0.0.1:{port}{HEALTH}"


def client_environment(layout: Layout, port: int) -> dict[str, str]:
    """This process's environment with every AWS variable replaced by the emulator's.

    A profile or credentials of the person's own can then neither be used nor get in the way.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": credentials.current(layout).secret_access_key,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def _environment(layout: Layout, port: int, made: Credentials) -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    if recorded := os.environ.get("NEXUS_RECORD_CALLS"):
        passed_on["RECORD_CALLS"] = str(Path(recorded).absolute())
    return passed_on | {
        "GATEWAY_PORT": str(port),
        # Pages that may sign people in, as those that may call the API.
        "PAGE_ORIGINS": " ".join((page_origin(port), *_page_origins())),
        "DEMO_PEOPLE": str(layout.people_file),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        # What every call has to be signed with, those of the functions included, which get it too.
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": made.secret_access_key,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(layout.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(layout.objects),
        # The layers that the CDK app has built, for the workers to read.
        "PACKAGES_DIR": str(PACKAGES),
        # Each warm worker unpacks its function here; it is left behind at the end.
        "TMPDIR": str(layout.scratch),
        # Surplus warm workers after a burst are ended after two minutes instead of five.
        "LAMBDA_WARM_TTL_SECONDS": "120",
        # Listeners and clients of services that are not used.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _workers() -> str:
    # How many calls of one function may run side by side: more than a laptop's cores would only
    # take memory, but a load that mostly waits for others needs them.
    workers = os.environ.get("NEXUS_LOCAL_WORKERS", "4")
    if not (workers.isdecimal() and len(workers) < 4 and 1 <= int(workers) <= 100):
        raise Failure("NEXUS_LOCAL_WORKERS has to be a whole number from 1 to 100.")
    return workers


def _page_origins() -> list[str]:
    stages = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]["stages"]
    return list(stages[LOCAL].get("cors_origins", ()))


def was_deployed(layout: Layout) -> bool:
    """Whether the saved state holds both stacks, deployed once at least."""
    saved = read_json(layout.state / "cloudformation.json")
    try:
        stacks = saved["payload"]["stacks"]["data"].values()
        found = {stack["StackName"]: stack["StackStatus"] for stack in stacks}
    except (KeyError, TypeError, AttributeError):
        return False
    # A failed update leaves what was there before; a failed creation leaves nothing of use.
    return all(
        found.get(name, "").startswith(("CREATE_COMPLETE", "UPDATE_"))
        for name in stack_names("local")
    )


def _begin_anew(layout: Layout) -> None:
    # The first run was cut short, or never deployed: the objects that it left on disk belong to
    # buckets that are not known any more, and would only be in the way.
    for folder in (layout.state, layout.objects):
        emptied(folder)
    for leftover in (layout.deployed_file, layout.synced_file, layout.unclean_file):
        leftover.unlink(missing_ok=True)
    for part in layout.root.glob(f"{layout.sqlite.name}*"):
        part.unlink()


def _bring_up_to_date(layout: Layout, port: int, models_key: str | None, made: Credentials) -> None:
    # Queues are kept by their URL and functions hold it in their settings: after a change of port
    # the saved addresses have to follow, or messages would go nowhere. So does the key of the model
    # server, for a function may start, with messages that wait, before anyone could set it anew.
    changes = {models_key: made.models_key} if models_key else {}
    before = read_json(layout.port_file).get("port")
    if isinstance(before, int) and before != port:
        changes[f"http://127.0.0.1:{before}/"] = f"http://127.0.0.1:{port}/"
    for path in layout.state.glob("*.json") if changes else ():
        text = before_it = path.read_text(encoding="utf-8")
        for old, new in changes.items():
            text = text.replace(old, new)
        if text != before_it:
            # With other settings a function is another one: a version of it can be made anew.
            write_text(path, _MADE_OF.sub(r'\1""', text), private=True)
    write_json(layout.port_file, {"port": port})
