"""Takes from installed packages what no function uses, and makes wide re-exports lazy."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

# What only installers, type checkers, compilers and debuggers need, and large parts that nothing
# here calls: Pinecone's gRPC core (7.6 MB), Pillow's AVIF codec and font rendering, Powertools'
# pages of API documentation.
_UNUSED = (
    "bin",
    "**/__pycache__",
    "**/*.pyi",
    "**/*.pyc",
    "**/*.c",
    "**/*.cpp",
    "**/*.h",
    "**/*.pyx",
    "**/*.pxd",
    "**/*.pxi",
    "**/*.a",
    "**/_grpc.abi3.so",
    "PIL/_avif*.so",
    "PIL/_imagingft*.so",
    "pillow.libs/libavif*",
    "pillow.libs/libfreetype*",
    "pillow.libs/libharfbuzz*",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.js",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.css",
    "**/tests",
    "**/test",
    "*.dist-info/RECORD",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/WHEEL",
    "*.dist-info/direct_url.json",
    "*.dist-info/uv_cache.json",
    "*.dist-info/sboms",
)
# Importing openai runs 473 modules of types, 174 ms, of which a request uses a handful.
_LAZY = ("openai/types", "openai/resources")

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
    for pattern in _UNUSED:
        for path in sorted(site.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    for folder in _LAZY:
        for module in sorted((site / folder).rglob("__init__.py")):
            exports = re_exports(module)
            if exports:
                module.write_text(_LAZY_MODULE.format(exports=exports))


def re_exports(module: Path) -> dict[str, tuple[str, str]]:
    """What a package re-exports, as name → (relative module, attribute).

    Empty if the package does anything else, or exports a name that is also a submodule's: that
    name would change its meaning once the submodule is imported.
    """
    exports: dict[str, tuple[str, str]] = {}
    for statement in ast.parse(module.read_text()).body:
        if _is_inert(statement):
            continue
        if not isinstance(statement, ast.ImportFrom) or not statement.level:
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


def _imported(statement: ast.ImportFrom) -> Iterator[tuple[str, tuple[str, str]]]:
    module = "." * statement.level + (statement.module or "")
    for alias in statement.names:
        yield alias.asname or alias.name, (module, alias.name)
