"""What questions are answered from in one index generation."""

from __future__ import annotations

from dataclasses import dataclass

from nexus.models import Generation
from nexus.ports import Catalogue, VectorIndex
from nexus.retrieval.retriever import Retriever


@dataclass(frozen=True, slots=True)
class Reader:
    """A generation's retriever, the catalogue that knows what is visible in it, and its index."""

    generation: Generation
    retriever: Retriever
    catalogue: Catalogue
    index: VectorIndex
