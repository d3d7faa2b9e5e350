"""Takes from installed packages what no function uses, and makes wide re-exports lazy.

What is rewritten must look as it did when the rewriting was written: a new version that does not
stops the build, with what to look at, rather than being packaged slow or half changed.
"""

from __future__ import annotations

import ast
import gzip
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from cdk.unused import COMPRESSED, UNUSED

# Of compatibility with Pydantic 1, which FastAPI would load to say that it is unsupported; it takes
# the absence for "not one of those models".
_PYDANTIC_V1 = "pydantic/v1"
# Pinecone's documents need one of seven adapters, and the others load all its models.
_LAZY = ("pinecone/_internal/adapters",)
_EDITS = {
    # It builds a validator for each of OpenAPI's 40 types when it starts: now on /openapi.json.
    "fastapi/openapi/models.py": (
        (
            '    model_config = {"extra": "allow"}\n\n\nclass Contact(BaseModelWithConfig):',
            '    model_config = {"extra": "allow", "defer_build": True}\n\n\n'
            "class Contact(BaseModelWithConfig):",
        ),
        (
            "\nSchema.model_rebuild()\nOperation.model_rebuild()\nEncoding.model_rebuild()\n",
            "\n",
        ),
    ),
    # Its command line is loaded with it, and what starts further processes.
    "uvicorn/__init__.py": (
        ("from uvicorn.main import Server, main, run\n", "from uvicorn.server import Server\n"),
        ('__all__ = ["main", "run", "Config", "Server"]', '__all__ = ["Config", "Server"]'),
    ),
}

_LAZY_MODULE = """from __future__ import annotations

import importlib

_EXPORTS = {exports!r}
__all__ = sorted(_EXPORTS)


def __getattr__(name):
    if name in _EXPORTS:
        module, attribute = _EXPORTS[name]
        value = getattr(importlib.import_module(module, __name__), attribute)
    else:
        try:
            value = importlib.import_module("." + name, __name__)
        except ModuleNotFoundError as err:
            if err.name != __name__ + "." + name:
                raise
            raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}") from None
    globals()[name] = value
    return value


def __dir__():
    return sorted({{*globals(), *_EXPORTS}})
"""


def trim(site: Path) -> None:
    """Removes what is unused below a folder of installed packages and rewrites the re-exports."""
    for pattern in UNUSED:
        for path in sorted(site.glob(pattern)):
            _remove(path)
    for pattern in COMPRESSED:
        for path in sorted(site.glob(pattern)):
            # Without a time, so that the same package is made of the same files.
            packed = gzip.compress(path.read_bytes(), mtime=0)
            path.with_name(f"{path.name}.gz").write_bytes(packed)
            path.unlink()
    if _is_installed(site, _PYDANTIC_V1):
        shutil.rmtree(site / _PYDANTIC_V1)
    for module, edits in _EDITS.items():
        if _is_installed(site, module):
            _edit(site, module, edits)
    for folder in _LAZY:
        if _is_installed(site, folder):
            _make_lazy(site / folder)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _is_installed(site: Path, path: str) -> bool:
    """Whether the layer has the path's package; SystemExit if it does but lacks the path."""
    package = path.partition("/")[0]
    if not (site / package).exists():
        return False
    if not (site / path).exists():
        raise SystemExit(f"{package} no longer has {path}; see what cdk/trimming.py does with it.")
    return True


def _edit(site: Path, module: str, edits: Iterable[tuple[str, str]]) -> None:
    source = (site / module).read_text()
    for old, new in edits:
        if source.count(old) != 1:
            raise SystemExit(f"{module} has changed; see what cdk/trimming.py replaces in it.")
        source = source.replace(old, new)
    (site / module).write_text(source)


def _make_lazy(folder: Path) -> None:
    found = {module: _packaged(module) for module in sorted(folder.rglob("__init__.py"))}
    if not any(found.values()):
        raise SystemExit(f"{folder} re-exports nothing; see what cdk/trimming.py does to it.")
    for module, exports in found.items():
        if exports:
            module.write_text(_LAZY_MODULE.format(exports=exports))


def _packaged(module: Path) -> dict[str, tuple[str, str]]:
    """Those of a package's re-exports that stand in modules which are packaged."""
    return {
        name: (of, attribute)
        for name, (of, attribute) in re_exports(module).items()
        if _is_there(module, of)
    }


def _is_there(module: Path, of: str) -> bool:
    steps = len(of) - len(of.lstrip("."))
    if not steps:
        return True
    place = module.parents[steps - 1].joinpath(*of.lstrip(".").split("."))
    return place.is_dir() or place.with_suffix(".py").exists()


def re_exports(module: Path) -> dict[str, tuple[str, str]]:
    """What a package re-exports of its own, as name → (module, attribute).

    Empty if the package does anything else, or exports a name that is also a submodule's: that
    name would change its meaning once the submodule is imported.
    """
    exports: dict[str, tuple[str, str]] = {}
    for statement in ast.parse(module.read_text()).body:
        if _is_inert(statement):
            continue
        if not isinstance(statement, ast.ImportFrom) or not _is_own(statement, module.parent):
            return {}
        exports.update(_imported(statement))
    submodules = {path.stem for path in module.parent.iterdir() if path.name != "__init__.py"}
    return {} if "*" in exports or submodules & set(exports) else exports


def _is_inert(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "__future__"
    return isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__"


def _is_own(statement: ast.ImportFrom, package: Path) -> bool:
    if statement.level:
        return True
    name = package.name
    while (package.parent / "__init__.py").exists():
        package = package.parent
        name = f"{package.name}.{name}"
    return (statement.module or "").startswith(f"{name}.")


def _imported(statement: ast.ImportFrom) -> Iterator[tuple[str, tuple[str, str]]]:
    module = "." * statement.level + (statement.module or "")
    for alias in statement.names:
        yield alias.asname or alias.name, (module, alias.name)
