"""Installs what the tests' local stacks share: `python -m tests.shared_tools`.

The end-to-end tests and the page's run side by side, each with a stack of its own; the emulator,
the CDK CLI and the embedding model are installed once, before them.
"""

from __future__ import annotations

from cli.local import stack
from cli.local.layout import Layout
from cli.local.models.prepare import ensure_model


def main() -> None:
    """Installs whatever is missing."""
    stack.prepare(Layout(), ensure_model, lambda _what: None)


if __name__ == "__main__":
    main()
