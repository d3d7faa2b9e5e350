"""Index generations: what everything is searched in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Generation:
    """One way of indexing every document: embedding model, chunking, and where the vectors lie.

    `generation_id` is 8 hex digits, or more where a snapshot was restored; `pinecone_host` is that
    of its Pinecone index, "" for the configured one. `created_at` is UTC ISO 8601 with Z.
    """

    generation_id: str
    embedding_model: str
    embedding_dimension: int
    chunk_chars: int
    chunk_overlap: int
    pinecone_host: str = ""
    created_at: str = ""

    def namespace(self, tenant: str) -> str:
        """The index namespace of a tenant in this generation; a tenant's name holds no dot."""
        return f"{tenant}.{self.generation_id}"


@dataclass(frozen=True, slots=True)
class Generations:
    """The generations that exist, and which one readers see.

    Every one of `known` receives every change of the documents. `live` is the one that answers,
    `previous` the one before it, to which can be rolled back, and `building` the one that is being
    made; the last two are "" where there is none. `edition` grows by one with every change.
    """

    live: str
    known: tuple[Generation, ...]
    previous: str = ""
    building: str = ""
    edition: int = 0

    def get(self, generation_id: str) -> Generation | None:
        """The generation of this id, if it exists."""
        return next((one for one in self.known if one.generation_id == generation_id), None)

    @property
    def answering(self) -> Generation:
        """The live generation."""
        return next(one for one in self.known if one.generation_id == self.live)
