"""Names what of installed packages no function uses, and so is not packaged."""

from __future__ import annotations

# Powertools' utilities that are not its logger, its metrics and its batches.
_POWERTOOLS = (
    "auth_alpha",
    "circuit_breaker",
    "data_masking",
    "feature_flags",
    "idempotency",
    "kafka",
    "parameters",
    "parser",
    "streaming",
    "validation",
)
# What only installers, type checkers, compilers and debuggers need, and large parts that nothing
# here calls: Pinecone's gRPC core (7.6 MB), Pillow's AVIF codec and font rendering, Powertools'
# routers, OpenAI's and Pinecone's clients of services that are not asked (and the JSON reader of
# one), lxml's other kind of tree, NumPy's random numbers, polynomials and builders of extensions
# (6.4 MB), Tesseract's data of which way a page is turned (10.6 MB), and what olefile holds for
# Python 2, which no longer compiles.
UNUSED = (
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
    "aws_lambda_powertools/event_handler",
    *(f"aws_lambda_powertools/utilities/{name}" for name in _POWERTOOLS),
    *(f"openai/lib/{name}" for name in ("beta", "browser.py", "live", "responses*", "streaming")),
    "openai/helpers",
    "pinecone/admin",
    "pinecone/async_client",
    "pinecone/grpc",
    "pydantic/mypy.py",
    "anyio/pytest_plugin.py",
    "anyio/_backends/_trio.py",
    "jiter",
    "lxml/objectify.*",
    "numpy/distutils",
    "numpy/f2py",
    "numpy/polynomial",
    "numpy/random",
    "share/tessdata/osd.traineddata",
    "olefile/olefile2.py",
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
# Of folders with a module for each kind of request, those that importing openai and posting need;
# the rest is 11 MB.
KEPT = {
    "openai/resources": ("__init__.py",),
    "openai/types": (
        "__init__.py",
        "chat",
        "completion_usage.py",
        "responses",
        "shared",
        "shared_params",
        "websocket_reconnection.py",
    ),
    "openai/types/responses": ("__init__.py", "function_tool_param.py"),
}
# What only browsers ask for, and what is text that shrinks to a third.
COMPRESSED = ("fastapi_offline/static/*.js", "fastapi_offline/static/*.css")
