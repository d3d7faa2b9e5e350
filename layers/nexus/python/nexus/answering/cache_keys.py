"""The keys of what is cached: whatever a value depends on is in its key, and nothing else.

The last part of an answer's key is the version of the tenant's documents (`Catalogue.version`),
which must be read before the documents are searched. An answer from before a change then lies under
a key that nobody asks for any more, until it expires, or is removed with a document that it was
made from.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import asdict
from functools import lru_cache
from json.encoder import encode_basestring_ascii

from nexus import __version__
from nexus.models import Filters, Generation, Principal
from nexus.settings import Settings


def answer_key(
    *,
    principal: Principal,
    question: str,
    filters: Filters,
    top_k: int,
    style: str,
    prompts: str,
    settings: Settings,
    generation: Generation,
    version: int,
) -> str:
    """The key of an answer: 64 hex digits of everything that it depends on.

    `filters` are the request's, the principal's rights are its own; callers of a tenant with the
    same rights, groups among them, share answers. `prompts` names the prompts' wording. All
    settings count, models and thresholds among them, and so do the index generation and the release
    of Nexus. `version` is the generation's catalogue's, read before the documents were.
    """
    begun = _begun(settings, generation, prompts).copy()
    own = _listed(
        principal.tenant,
        version,
        _sets(principal.rights),
        _sets(filters),
        top_k,
        style,
        " ".join(unicodedata.normalize("NFC", question).split()),
    )
    begun.update(f"{own}]".encode())
    return begun.hexdigest()


def embedding_key(model: str, dimension: int, text: str) -> str:
    """The key of a text's embedding: 64 hex digits."""
    # Its length in bytes, as 32-bit floats.
    return _digest("embedding", model, 4 * dimension, as_embedded(text))


def as_embedded(text: str) -> str:
    """A text as it is embedded: its spellings that mean the same are one."""
    return unicodedata.normalize("NFC", text).strip()


class _Written(str):
    """What is JSON already."""

    __slots__ = ()


@lru_cache(maxsize=1000)
def _sets(filters: Filters) -> _Written:
    """Filters, whose order of names says nothing, as JSON."""
    return _Written(
        json.dumps(
            [
                sorted(set(value)) if isinstance(value, tuple) else value
                for value in asdict(filters).values()
            ]
        )
    )


# By their identity, as a process has few and their hash is that of a hundred fields; each is held,
# so that no other takes its identity.
_configured: dict[tuple[int, int, str], tuple[Settings, Generation, hashlib._Hash]] = {}
_MOST_CONFIGURED = 32


def _begun(settings: Settings, generation: Generation, prompts: str) -> hashlib._Hash:
    """The digest of an answer's key as far as all questions share it: to be copied."""
    which = (id(settings), id(generation), prompts)
    known = _configured.get(which)
    if known is None:
        if len(_configured) >= _MOST_CONFIGURED:
            _configured.clear()
        parts = ("answer", __version__, asdict(settings), asdict(generation), prompts)
        begun = hashlib.sha256(f"[{_listed(*parts)}, ".encode())
        known = _configured[which] = (settings, generation, begun)
    return known[2]


def _digest(*parts: object) -> str:
    return hashlib.sha256(f"[{_listed(*parts)}]".encode()).hexdigest()


def _listed(*parts: object) -> str:
    # JSON, so that no two lists of parts can be written alike; it escapes what has no UTF-8, too.
    return ", ".join([_as_json(part) for part in parts])


def _as_json(part: object) -> str:
    if type(part) is str:  # in a tenth of the time
        return encode_basestring_ascii(part)
    return part if isinstance(part, _Written) else json.dumps(part)
