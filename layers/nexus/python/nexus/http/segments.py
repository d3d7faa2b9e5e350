"""The part of a path that names a thing, `{name:segment}`: it ends at "/" or at a verb's ":"."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor


class _Segment(Convertor[str]):
    """Text without slash and colon.

    With Starlette's own, `/v1/documents/x:reindex` would be a document's name to every method that
    the verb does not take, instead of a 405.
    """

    regex = "[^/:]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def install() -> None:
    """Makes `{name:segment}` known to the routes that are declared after it."""
    register_url_convertor("segment", _Segment())
