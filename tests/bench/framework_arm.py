"""Ingests a folder of PDFs as LangChain or LlamaIndex does, once for each line it is sent.

Run by `frameworks.py` with the interpreter of `.local/bench/frameworks`; imports nothing of Nexus.
Embeddings are a constant, so that what is measured is the frameworks' own work. A line is answered
with the seconds that it took, the chunks that it made and the words that the loader reads, as JSON.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DIMENSION = 1536
VECTOR = [DIMENSION**-0.5] * DIMENSION
# Ingests the folder and says how many chunks it made; the texts that the loader reads of it.
Work = tuple[Callable[[], int], Callable[[], Iterator[str]]]


def langchain(folder: Path, loader_name: str) -> Work:
    """LangChain's tutorial "Build a semantic search engine": loader, splitter, store in memory."""
    from langchain_community import document_loaders
    from langchain_core.embeddings import Embeddings
    from langchain_core.vectorstores import InMemoryVectorStore
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    class Constant(Embeddings):  # type: ignore[misc]
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [VECTOR for _ in texts]

        def embed_query(self, text: str) -> list[float]:
            return VECTOR

    loader = getattr(document_loaders, loader_name)
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=1000, chunk_overlap=200, add_start_index=True
    )

    def ingest() -> int:
        store = InMemoryVectorStore(Constant())
        for path in sorted(folder.glob("*.pdf")):
            store.add_documents(splitter.split_documents(loader(str(path)).load()))
        return len(store.store)

    def texts() -> Iterator[str]:
        for path in sorted(folder.glob("*.pdf")):
            yield from (document.page_content for document in loader(str(path)).load())

    return ingest, texts


def llamaindex(folder: Path, reader_name: str) -> Work:
    """LlamaIndex's starter: directory reader, ingestion pipeline, default splitter and store."""
    from llama_index.core import SimpleDirectoryReader
    from llama_index.core.embeddings import MockEmbedding
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.vector_stores import SimpleVectorStore
    from llama_index.readers import file

    reader = getattr(file, reader_name)()
    transformations = [SentenceSplitter(), MockEmbedding(embed_dim=DIMENSION)]

    def ingest() -> int:
        store = SimpleVectorStore()
        pipeline = IngestionPipeline(transformations=transformations, vector_store=store)
        return len(pipeline.run(documents=documents()))

    def documents() -> list[Any]:
        directory = SimpleDirectoryReader(str(folder), file_extractor={".pdf": reader})
        return list(directory.load_data())

    def texts() -> Iterator[str]:
        return (document.text for document in documents())

    return ingest, texts


def main() -> None:
    """Gets ready, then answers every line of standard input."""
    framework, part, folder = sys.argv[1:]
    work = {"langchain": langchain, "llamaindex": llamaindex}[framework]
    ingest, texts = work(Path(folder), part)
    words = sum(len(re.findall(r"\w+", text)) for text in texts())
    for _ in sys.stdin:
        begun, burnt = time.perf_counter(), time.process_time()
        chunks = ingest()
        seconds, cpu_s = time.perf_counter() - begun, time.process_time() - burnt
        answer = {"seconds": seconds, "cpu_s": cpu_s, "chunks": chunks, "words": words}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
