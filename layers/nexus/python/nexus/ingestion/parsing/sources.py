"""Tells a failure to read a document, which may pass, from damage in it, which will not."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO


class WatchedSource:
    """A document's bytes; `failure` is the first error that reading them raised.

    Where the source is kept, what a reader `opened` of it serves for all that is read, and
    `closing` closes it at the end.

    PDFium calls `seek` and `readinto` from C, where an error would be lost, so these two only keep
    it: after a failure nothing more is read, and whoever called PDFium raises it.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.failure: Exception | None = None
        self.opened: Any = None
        self.closing: ExitStack | None = None

    def tell(self) -> int:
        return self._source.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if self.failure is None:
            try:
                return self._source.seek(offset, whence)
            except Exception as err:  # noqa: BLE001 - kept for whoever called PDFium
                self.failure = err
        return 0

    def readinto(self, buffer: Any) -> int:
        """How many bytes were read; 0 after a failure."""
        if self.failure is None:
            try:
                return self._source.readinto(buffer)  # type: ignore[attr-defined, no-any-return]
            except Exception as err:  # noqa: BLE001 - kept for whoever called PDFium
                self.failure = err
        return 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes; raises what reading them raises."""
        try:
            return self._source.read(size)
        except Exception as err:
            self.failure = self.failure or err
            raise

    def stretch(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end`."""
        self.seek(start)
        if self.failure is not None:
            raise self.failure
        return self.read(end - start)


@contextmanager
def kept(source: BinaryIO) -> Iterator[WatchedSource]:
    """The source for several readings, one after another, that open it but once."""
    watched = WatchedSource(source)
    with ExitStack() as watched.closing:
        yield watched


def watching(source: BinaryIO | WatchedSource) -> WatchedSource:
    """The source, watched."""
    return source if isinstance(source, WatchedSource) else WatchedSource(source)
