"""The packages: locked, small, complete, with bytecode that Lambda reads and lazy re-exports."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cdk import bytecode, packaging
from cdk.bytecode import Target
from cdk.locking import locked_versions
from cdk.packaging import DEPENDENCIES
from cdk.trimming import trim
from tests.infrastructure.assembly import FUNCTIONS, ROOT, Assembly
from tests.infrastructure.conftest import synthesize

HOST = Target("host", f"{sys.version_info.major}.{sys.version_info.minor}")
LOCKS = sorted(path.stem for path in DEPENDENCIES.glob("*.in"))
SCANNING = ("local", "dev", "prod")
SERVED = (
    *("service", "api", "audio", "stream", "sign_in", "parsing", "ocr", "snapshots", "traces"),
    "connect",
    *("index_pinecone", "index_sqlite"),
)


def test_every_layer_has_a_lock_of_the_versions_that_are_tested():
    assert sorted(SERVED) == LOCKS
    tested = set(re.findall(r"^(\S+)==([^\s;\\]+)", (ROOT / "requirements.txt").read_text(), re.M))
    for name in LOCKS:
        lock = (DEPENDENCIES / f"{name}.txt").read_text()
        pinned = set(re.findall(r"^(\S+)==([^\s;\\]+)", lock, re.M))
        assert pinned <= tested, name
        assert lock.count("--hash=sha256:") >= len(pinned)
        wanted = (DEPENDENCIES / f"{name}.in").read_text().splitlines()
        # A lock names a package without its extras, which are packages of their own there.
        named = {line.partition("[")[0] for line in wanted if line and line[0] != "#"}
        assert named <= {one for one, _ in pinned}


def test_layers_hold_nothing_twice_and_nothing_of_the_runtime():
    base = set(locked_versions(DEPENDENCIES / "service.txt"))
    for name in LOCKS:
        packages = set(locked_versions(DEPENDENCIES / f"{name}.txt"))
        assert not packages & {"boto3", "botocore", "s3transfer"}
        assert name == "service" or not packages & base


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_and_its_layers_stay_under_120_mb_in_prod(assembly, function):
    assert 1_000_000 < assembly.unzipped_bytes("prod", function) < 120_000_000


def test_chat_and_its_layers_stay_under_35_mb_in_prod(assembly):
    assert assembly.unzipped_bytes("prod", "chat") < 35_000_000


def test_each_function_has_only_the_layers_it_needs(assembly, stage):
    def held(function: str) -> set[str]:
        folders = assembly.layer_folders(stage, function)
        return {path.name for folder in folders for path in (folder / "python").iterdir()}

    chat, ingest, reindex = held("chat"), held("ingest"), held("reindex")
    assert held("documents") == chat
    assert {"tinytag", "python_multipart"} <= held("audio")
    assert chat < held("audio")
    assert {"nexus", "httpx2", "aws_lambda_powertools"} <= chat & ingest & reindex
    assert {"fastapi", "mangum"} <= chat
    assert not {"fastapi", "mangum"} & (ingest | reindex)
    parsers = {"pypdfium2", "docx", "pptx", "python_calamine", "selectolax"}
    assert parsers | {"semantic_text_splitter", "charset_normalizer"} <= ingest
    assert not parsers & (chat | reindex)
    index = {"local": {"numpy"}, "aws": set()}.get(stage, {"pinecone"})
    assert index <= chat & ingest & reindex
    assert {"numpy", "pinecone"} & (chat | ingest | reindex) == index
    backup = held("backup")
    assert {"nexus", "arro3"} | index <= backup
    assert not (parsers | {"fastapi", "mangum"}) & backup
    assert "arro3" not in chat | ingest | reindex
    connect = held("connect")
    assert {"nexus", "dulwich", "protego", "selectolax", "lxml", "jwt"} <= connect
    assert not {"dulwich", "protego", "jwt"} & (chat | ingest | reindex | backup)


def test_text_recognition_is_a_layer_of_ingestion_where_a_stage_wants_it(assembly, tmp_path):
    def recognises(found: Assembly, function: str) -> bool:
        folders = found.layer_folders("dev", function)
        return any((folder / "python" / "tesserocr").is_dir() for folder in folders)

    assert not any(recognises(assembly, function) for function in FUNCTIONS)
    done = synthesize(tmp_path, stage="local,dev,prod", ocr=True)
    assert done.returncode == 0, done.stderr
    scanning = Assembly(tmp_path)
    assert {name for name in FUNCTIONS if recognises(scanning, name)} == {"ingest"}
    # All layers that ingestion can have: of a machine's own processor, and of Lambda's.
    sizes = {one: scanning.unzipped_bytes(one, "ingest") for one in SCANNING}
    assert max(sizes.values()) < 200_000_000, sizes
    variables = scanning.function("dev", "ingest")["Environment"]["Variables"]
    assert variables["NEXUS_OCR"] == "true"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_s_package_holds_its_own_folder_under_functions(assembly, function):
    code = assembly.code_folder("prod", function)
    assert {path.name for path in code.iterdir()} == {"functions"}
    inside = {path.name for path in (code / "functions").iterdir()} - {"__pycache__"}
    # What streams is chat's app, started by a script of chat's folder and not by a handler.
    folder, start = ("chat", "run.sh") if function == "stream" else (function, "handler.py")
    assert inside == {folder, "__init__.py"}
    assert (code / "functions" / folder / start).is_file()


def test_the_streaming_function_is_started_by_a_script_that_may_run_and_the_web_adapter(assembly):
    properties = assembly.function("prod", "stream")
    script = assembly.code_folder("prod", "stream") / properties["Handler"]
    assert script.stat().st_mode & 0o111 == 0o111
    named = [one for one in properties["Layers"] if "Ref" not in one]
    assert len(named) == 1
    assert ":753240598075:layer:LambdaAdapterLayerArm64:" in json.dumps(named)


def test_bytecode_is_never_checked_against_its_source_and_absent_where_it_cannot_be_made(assembly):
    stages = ["local"]
    if bytecode.interpreter(Target("arm64", "3.13")):
        stages.append("prod")
    else:  # stale bytecode would be worse than none
        folders = assembly.layer_folders("prod", "ingest")
        assert not [path for folder in folders for path in folder.rglob("*.pyc")]
    for stage in stages:
        folders = assembly.layer_folders(stage, "ingest")
        for folder in [*folders, assembly.code_folder(stage, "ingest")]:
            compiled = list(folder.rglob("*.pyc"))
            assert len(compiled) >= 0.98 * len(list(folder.rglob("*.py"))), folder
            # Bytes 4 to 8 of a .pyc: 1 is "checked by hash" is off, "has a hash" is on.
            assert {path.read_bytes()[4:8] for path in compiled} == {b"\x01\0\0\0"}


def test_a_package_that_has_not_changed_is_not_built_again():
    first = packaging.source_layer(HOST)
    built = first.path.stat().st_mtime_ns
    again = packaging.source_layer(HOST)
    assert again == first
    assert again.path.stat().st_mtime_ns == built


def test_a_package_is_named_by_platform_python_and_content():
    arm, intel = Target("arm64", "3.13"), Target("x86_64", "3.13")
    digests = {packaging.source_layer(target).digest for target in (arm, intel, HOST)}
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("package", "folders", "layers", "least", "most_eager"),
    [
        ("pinecone._internal", ("adapters",), ("index_pinecone", "service"), 8, 0),
    ],
)
def test_every_name_that_is_re_exported_resolves_from_the_trimmed_layer(
    package, folders, layers, least, most_eager
):
    paths = [str(packaging.dependency_layer(name, HOST).path / "python") for name in layers]
    kept = Path(paths[0]).joinpath(*package.split("."))
    modules = [
        f"{package}." + ".".join(module.parent.relative_to(kept).parts)
        for folder in folders
        for module in (kept / folder).rglob("__init__.py")
    ]
    script = """
import importlib, json, sys
package, folder, *paths = sys.argv[1:]
sys.path[:0] = paths
top = importlib.import_module(package)
importlib.import_module(f"{package}.{folder}")
eager = sum(name.startswith(f"{package}.{folder}.") for name in sys.modules)
names = [
    (module, name)
    for module in map(importlib.import_module, json.load(sys.stdin))
    for name in getattr(module, "_EXPORTS", ())
]
missing = [f"{module.__name__}.{name}" for module, name in names if not hasattr(module, name)]
print(json.dumps(
    {"file": top.__file__, "eager": eager, "missing": missing, "named": len(names)}
))
"""
    found = json.loads(_isolated(script, [package, folders[0], *paths], json.dumps(modules)))
    assert found["named"] >= least
    assert found["file"].startswith(paths[0])
    assert found["missing"] == []
    assert found["eager"] <= most_eager


def test_the_trimmed_layers_describe_the_api_in_the_same_bytes_as_the_whole_packages():
    # What FastAPI's own types of OpenAPI say, and what it does without Pydantic 1.
    script = """
import sys
sys.path[:0] = sys.argv[1:]
from types import SimpleNamespace
from functions.chat.app import create_app
from nexus.settings import Settings
app = create_app(SimpleNamespace(settings=Settings()))
built = sys.modules["fastapi.openapi.models"].OpenAPI.__pydantic_complete__
from fastapi.responses import JSONResponse
sys.stdout.write(JSONResponse(app.openapi()).body.decode() + "\\n")
print(built, "pydantic.v1" in sys.modules)
"""
    ours = [str(ROOT), str(ROOT / "layers" / "nexus" / "python")]
    names = ("api", "service", "index_pinecone")
    layers = [str(packaging.dependency_layer(name, HOST).path / "python") for name in names]
    trimmed, state = _isolated(script, [*layers, *ours]).splitlines()
    whole, whole_state = _isolated(script, [str(_installed("fastapi").parent), *ours]).splitlines()

    assert len(trimmed) > 10_000
    assert trimmed == whole
    assert (state, whole_state) == ("False False", "True True")


@pytest.mark.parametrize(
    "path",
    [
        "pydantic/v1",
        "fastapi/openapi/models.py",
        "pinecone/_internal/adapters/__init__.py",
        "uvicorn/__init__.py",
    ],
)
def test_a_package_that_no_longer_looks_as_expected_stops_the_build(
    tmp_path: Path, path: str
) -> None:
    def site(name: str, changed: Callable[[Path], object] | None = None) -> Path:
        copy = tmp_path / name / path
        source = _installed(path.partition("/")[0]).parent / path
        copy.parent.mkdir(parents=True)
        for folder in list(copy.relative_to(tmp_path / name).parents)[:-1]:
            (tmp_path / name / folder / "__init__.py").touch()
        shutil.copytree(source, copy) if source.is_dir() else shutil.copyfile(source, copy)
        if changed:
            changed(copy)
        return tmp_path / name

    trim(site("as it is"))
    with pytest.raises(SystemExit, match=r"cdk/trimming\.py"):
        trim(site("gone", lambda copy: copy.rename(copy.with_name("elsewhere"))))
    if path.endswith(".py"):
        with pytest.raises(SystemExit, match=r"cdk/trimming\.py"):
            trim(site("rewritten", lambda copy: copy.write_text("import os\n")))


def _installed(package: str) -> Path:
    top, *below = package.split(".")
    spec = importlib.util.find_spec(top)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent.joinpath(*below)


def _isolated(script: str, arguments: list[str], given: str = "") -> str:
    # -S keeps this environment's packages away, so that only the layer's are found.
    done = subprocess.run(
        [sys.executable, "-S", "-c", script, *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
