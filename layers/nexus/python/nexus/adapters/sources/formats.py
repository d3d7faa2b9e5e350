"""Which files of a source are documents, by their extensions."""

from __future__ import annotations

from pathlib import PurePosixPath

# What ingestion reads (ingestion/parsing/formats.py), but pictures, archives and programs' data,
# which repositories and shares have many of that nobody means to search.
DOCUMENTS = (
    *("md", "markdown", "mdx", "rst", "txt", "html", "htm", "mht", "mhtml", "pdf", "rtf", "epub"),
    *("docx", "pptx", "xlsx", "xlsm", "xls", "odt", "odp", "ods", "csv", "tsv", "eml", "msg"),
)


def extensions_of(given: tuple[str, ...]) -> tuple[str, ...]:
    """The extensions that an option names, without dots and in small letters; else all of ours."""
    return tuple(one.lower().lstrip(".") for one in given) or DOCUMENTS


def is_document(path: str, extensions: tuple[str, ...]) -> bool:
    """Whether a path has one of these extensions."""
    return PurePosixPath(path).suffix.lower().lstrip(".") in extensions
