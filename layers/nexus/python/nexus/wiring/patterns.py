"""Compiles our regular expressions when they are first used, where a cold start is waited for.

The modules of the chat function name hundreds of them, and compiling all takes as long as importing
the web framework's; an answer needs some.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

_compile = re.compile


class Deferred:
    """Behaves as the pattern that it compiles when something of it is asked for."""

    def __init__(self, pattern: Any, flags: Any) -> None:
        self._given = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        # Kept, so that it is found without asking the next time, as fast as on a pattern itself.
        # `re` remembers what it compiled, and a second thread's work is lost, not wrong.
        found = self.__dict__[name] = getattr(_compile(*self._given), name)
        return found


def defer_patterns(environ: Mapping[str, str]) -> None:
    """Makes what our modules compile from now on, when they are imported, compile when it is used.

    Not in a function that starts from a snapshot, which holds compiled patterns at no cost:
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    if environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        re.compile = _deferring


def _deferring(pattern: Any, flags: Any = 0) -> Any:
    caller = sys._getframe(1)
    ours = caller.f_globals.get("__name__", "").startswith("nexus.")
    # What is compiled at work is used at once, and may be refused.
    if ours and caller.f_code.co_name == "<module>":
        return Deferred(pattern, flags)
    return _compile(pattern, flags)
