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
# routers, Pinecone's clients of services that are not asked, lxml's other kind of tree, NumPy's
# random numbers, polynomials and builders of extensions (6.4 MB), Tesseract's data of which way a
# page is turned (10.6 MB), and what olefile holds for Python 2, which no longer compiles. HTTP/2
# comes with Pinecone's SDK, which turns it off; its HTTP client loads it (13 ms) where it finds it.
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
    "pinecone/admin",
    "pinecone/async_client",
    "pinecone/grpc",
    "pydantic/mypy.py",
    "anyio/pytest_plugin.py",
    "anyio/_backends/_trio.py",
    "h2",
    "hpack",
    "hyperframe",
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
# What only browsers ask for, and what is text that shrinks to a third.
COMPRESSED = ("fastapi_offline/static/*.js", "fastapi_offline/static/*.css")
