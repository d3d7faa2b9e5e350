"""Searches for a caller, at the cost of its budget."""

from __future__ import annotations

from nexus.budgets.estimating import most_of_embedding
from nexus.models import Filters, Principal
from nexus.retrieval.retriever import Retrieved
from nexus.services import ChatServices


def searched(
    services: ChatServices, principal: Principal, query: str, top_k: int, filters: Filters
) -> Retrieved:
    """The passages that fit a query best; its embedding is charged. Raises BudgetExceeded."""
    most = most_of_embedding(services.settings, [query])
    with services.budgets.charging(principal, most) as charge:
        found = services.readers.with_live(
            lambda reader: reader.retriever.retrieve(principal, query, top_k, filters),
            services.executor,
        )
        charge.admitted()  # where the embedding was cached, nothing has waited for it
        return found
