"""Reads a corpus to evaluate over: a JSONL file of passages, or a folder of documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cli.evaluation.text_measures import squeezed
from cli.failure import Failure
from cli.local.folder import scan
from nexus.models import DocumentMetadata
from nexus.object_keys import decode_metadata, document_id, object_key, parse_key

TENANT = "eval"


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    """A document of the corpus: its bytes, what it is called, and what it belongs to.

    `name` is what questions call it: a passage's id or a file's path. `article` is what several
    passages may be parts of: their common title, or the file itself. `language` is what the corpus
    says of it, a code such as "en", or "".
    """

    name: str
    path: str
    article: str
    content: bytes | Path
    content_type: str
    metadata: DocumentMetadata
    language: str = ""

    @property
    def document_id(self) -> str:
        """Its id in the index."""
        return document_id(TENANT, self.path)

    @property
    def key(self) -> str:
        """Its key in the bucket."""
        return object_key(TENANT, self.path)

    def read(self) -> bytes:
        """Its bytes."""
        return self.content.read_bytes() if isinstance(self.content, Path) else self.content


@dataclass(frozen=True)
class Corpus:
    """The documents, and how questions find theirs."""

    documents: tuple[CorpusDocument, ...]
    left_out: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, CorpusDocument]:
        """The documents by the name that questions use."""
        return {document.name: document for document in self.documents}

    @cached_property
    def articles(self) -> dict[str, frozenset[str]]:
        """The ids of each article's documents."""
        found: dict[str, set[str]] = {}
        for document in self.documents:
            found.setdefault(document.article, set()).add(document.document_id)
        return {article: frozenset(ids) for article, ids in found.items()}

    @cached_property
    def _alike(self) -> dict[str, frozenset[str]]:
        found: dict[bytes | str, set[str]] = {}
        for document in self.documents:
            found.setdefault(_sameness(document), set()).add(document.document_id)
        return {item: frozenset(ids) for ids in found.values() for item in ids}

    def right_for(self, name: str) -> frozenset[str]:
        """The ids of the named document and of those with equal text; empty if it is not here."""
        document = self.by_name.get(name)
        return self._alike[document.document_id] if document else frozenset()


def read_corpus(path: Path) -> Corpus:
    """Reads JSONL lines `{id, title, text}`, each a document, or the documents in a folder.

    Raises Failure naming the line that is not a passage, or if there is nothing to read.
    """
    corpus = _folder(path) if path.is_dir() else Corpus(tuple(_passages(path)))
    if not corpus.documents:
        raise Failure(f"{path} holds no documents.")
    if len(corpus.by_name) != len(corpus.documents):
        raise Failure(f"{path}: the ids of the passages are not all different.")
    return corpus


def lines_of(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file with their line numbers. Raises Failure naming a bad line."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except ValueError as err:
                raise Failure(f"{path}, line {number}: this is not JSON.") from err
            if not isinstance(value, dict):
                raise Failure(f"{path}, line {number}: this is not a JSON object.")
            yield number, value


def _passages(path: Path) -> Iterator[CorpusDocument]:
    for number, line in lines_of(path):
        name, title, text = line.get("id"), line.get("title") or "", line.get("text")
        if not isinstance(name, str) or not isinstance(text, str) or not isinstance(title, str):
            raise Failure(f'{path}, line {number}: a passage is {{"id", "title", "text"}}.')
        yield CorpusDocument(
            name=name,
            path=f"{quote(name, safe='')}.txt",
            article=title or name,
            content=text.encode(),
            content_type="text/plain; charset=utf-8",
            metadata=DocumentMetadata(title=title or None),
            language=str(line.get("language") or ""),
        )


def _folder(path: Path) -> Corpus:
    files, left_out = scan(path, TENANT)
    names = [parse_key(file.key)[1] for file in files]
    documents = tuple(
        CorpusDocument(name, name, name, file.path, "", decode_metadata(file.metadata({})))
        for name, file in zip(names, files, strict=True)
    )
    return Corpus(documents, tuple(left_out))


def _sameness(document: CorpusDocument) -> bytes | str:
    """What is equal for documents that say the same: a passage's text, a file's bytes."""
    if isinstance(document.content, bytes):
        return squeezed(document.content.decode())
    return document.read()
