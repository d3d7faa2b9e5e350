"""The functions as `cdk` gives them to the stage `prod`: variables, memory, layers and code.

The stage is synthesized as it is configured, for this machine's processor and the interpreter that
is to run it; only addresses, names and credentials are replaced by the benchmark's own.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.infrastructure.assembly import Assembly

STAGE = "prod"
# Plain text in the template, and yet somebody's address; all others there are references.
ADDRESSES = ("NEXUS_MODELS_URL", "NEXUS_PINECONE_HOST")
FUNCTIONS = ("chat", "ingest", "reindex")
# Started by a script instead of a handler, and measured beside the function whose work it does.
STARTED = ("stream",)


@dataclass(frozen=True)
class Deployed:
    """One function of the stage; `layers` are the folders that its layers are zipped from.

    `locks` name the lists of packages that the layers but `nexus` were made from.
    """

    name: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    locks: tuple[str, ...]
    memory_mb: int
    variables: Mapping[str, object]

    def environ(self, own: Mapping[str, str]) -> dict[str, str]:
        """The function's variables; what names a resource is taken from `own`.

        Raises KeyError for a resource that `own` does not name.
        """
        return {
            name: value if isinstance(value, str) and name not in ADDRESSES else own[name]
            for name, value in self.variables.items()
        }


def architecture() -> str:
    """This machine's processor, as a stage names it."""
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


def deployed(python_version: str, out: Path) -> dict[str, Deployed]:
    """Synthesizes the stage into `out` for a minor version of Python; its functions by name."""
    from cdk.app import add_stage, configured_app
    from cdk.stages import read_stages

    context = {
        "stage": STAGE,
        "architecture": architecture(),
        "python_version": python_version,
        # Lambda has no SnapStart for older ones, which CDK warns of.
        **({"snap_start": []} if python_version == "3.11" else {}),
        "aws:cdk:disable-asset-staging": True,
    }
    app = configured_app(context=context, outdir=str(out))
    [stage] = read_stages(app.node.try_get_context)
    add_stage(app, stage)
    app.synth()
    assembly = Assembly(out)
    return {name: _read(assembly, name) for name in (*FUNCTIONS, *STARTED)}


def deployed_at(checkout: Path, python_version: str, out: Path) -> dict[str, Deployed]:
    """The same of another commit, by its own `cdk` in this environment; its functions by name.

    Raises SystemExit where the checkout, or what this environment holds, does not do for that.
    """
    script = (
        "import dataclasses, json, pathlib, sys\n"
        "from tests.bench.deployed import deployed\n"
        "found = deployed(sys.argv[1], pathlib.Path(sys.argv[2]))\n"
        "print(json.dumps([dataclasses.asdict(one) for one in found.values()], default=str))\n"
    )
    paths = (checkout, checkout / "layers" / "nexus" / "python")
    done = subprocess.run(
        [sys.executable, "-c", script, python_version, str(out)],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{checkout} cannot be synthesized here: {done.stderr[-2000:]}")
    return {
        one["name"]: Deployed(
            **{
                **one,
                "code": Path(one["code"]),
                "layers": tuple(map(Path, one["layers"])),
                "locks": tuple(one["locks"]),
            }
        )
        for one in json.loads(done.stdout.splitlines()[-1])
    }


def _read(assembly: Assembly, name: str) -> Deployed:
    properties = assembly.function(STAGE, name)
    named = assembly.resources(STAGE, "service", "Lambda::LayerVersion")
    prefix = f"nexus-{STAGE}-"
    layers = [
        named[one["Ref"]]["Properties"]["LayerName"].removeprefix(prefix)
        for one in properties["Layers"]
        if "Ref" in one  # and not the adapter's, which AWS publishes
    ]
    return Deployed(
        name=name,
        handler=properties["Handler"].rpartition(".")[0],
        code=assembly.code_folder(STAGE, name),
        layers=tuple(assembly.layer_folders(STAGE, name)),
        locks=tuple(layer for layer in layers if layer != "nexus"),
        memory_mb=properties["MemorySize"],
        variables=properties["Environment"]["Variables"],
    )
