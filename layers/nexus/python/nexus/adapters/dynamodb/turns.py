"""What a turn reads first and writes last, across the tables that it concerns, in one call each.

The generations and a tenant's version stand in one table and are read together. The turn, its
entries in the register (`citations`), its place in the list (`conversation_list`), the values for
the cache with theirs, and what the log keeps of the question, are written by one BatchWriteItem;
where they are more than it takes (25), the entries come first. That is no transaction, which would
cost twice as much and fail where two turns write the same cached answer: of a batch that DynamoDB
processes in part, the rest is sent again, but for values of the cache and for the log. If the batch
fails, the turn is written without these, which may be what it failed of, and those that are there
without their entries are removed. A process that is killed in between leaves a value that no
erasing finds: nobody asks for it once its documents have changed, and its time ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.adapters.aws.in_time import ClientInTime
from nexus.adapters.dynamodb.batches import put_across, read_items
from nexus.adapters.dynamodb.cache import DynamoCache
from nexus.adapters.dynamodb.conversations import DynamoConversations
from nexus.adapters.dynamodb.generations import KEY, generations_of
from nexus.adapters.dynamodb.heads import partition
from nexus.adapters.dynamodb.question_log import DynamoQuestionLog
from nexus.adapters.dynamodb.tenant_versions import version_key, version_of
from nexus.errors import UpstreamError
from nexus.models import Generation, LoggedQuestion, Turn
from nexus.ports import LARGEST_CACHED, Kept, Standing

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

CATALOGUE, CONVERSATIONS = "catalogue", "conversations"


class DynamoTurns(ClientInTime):
    """Standings and a TurnWriter over the tables of catalogue, conversations and cache."""

    def __init__(
        self,
        client: DynamoDBClient,
        catalogue_table: str,
        conversations: DynamoConversations,
        conversations_table: str,
        cache: DynamoCache,
        cache_table: str,
        clock: Callable[[], float] = time.time,
        log: DynamoQuestionLog | None = None,
    ) -> None:
        self._client = client
        self._log = log
        self._catalogue_table = catalogue_table
        self._conversations = conversations
        self._conversations_table = conversations_table
        self._cache = cache
        self._cache_table = cache_table
        self._clock = clock

    def standing(self, generation: Generation, tenant: str) -> Standing:
        """The generations and the tenant's version in this one, read consistently."""
        key = version_key(partition(generation.generation_id, tenant))
        with translate(CATALOGUE):
            found = read_items(
                self._client, CATALOGUE, self._catalogue_table, [KEY, key], consistent=True
            )
        items = {item["sk"]["S"]: item for item in found}
        stored = items.get(KEY["sk"]["S"])
        return Standing(
            None if stored is None else generations_of(stored),
            version_of(items.get(key["sk"]["S"]), self._clock()),
        )

    def append(
        self,
        tenant: str,
        client: str,
        conversation_id: str,
        turn: Turn,
        *,
        begins: bool,
        kept: Sequence[Kept],
        logged: LoggedQuestion | None = None,
    ) -> None:
        """Adds the turn, and the values of up to LARGEST_CACHED bytes, in one call if they fit.

        A cache that refuses its values costs no turn, nor does a log that refuses its question.
        """
        values = [self._cache.items(one) for one in kept if len(one.value) <= LARGEST_CACHED]
        with translate(CONVERSATIONS):
            made = self._conversations.items(tenant, client, conversation_id, turn, begins=begins)
            named = [entry for entries, _ in values for entry in entries]
            own = (*made.entries, *named, made.item)
            items = [(self._conversations_table, one) for one in own]
            items += [(self._cache_table, value) for _, value in values]
            gone = [(self._conversations_table, key) for key in made.stale]
            beside = {self._cache_table}
            if self._log is not None and logged is not None:
                items += [(self._log.table, one) for one in self._log.items(tenant, logged)]
                beside.add(self._log.table)
            try:
                put_across(self._client, CONVERSATIONS, items, let_go=beside, gone=gone)
                if self._log is not None and logged is not None:
                    self._log.written(tenant, logged)
            except Exception:
                if not values and len(beside) == 1:
                    raise
                alone = [(self._conversations_table, one) for one in (*made.entries, made.item)]
                try:
                    put_across(self._client, CONVERSATIONS, alone, gone=gone)
                finally:
                    self._discard(kept)
        self._conversations.appended(made)

    def add(self, tenant: str, question: LoggedQuestion) -> None:
        """Logs a question that has no turn, as it failed; nowhere, where there is no log."""
        if self._log is not None:
            self._log.add(tenant, question)

    def _discard(self, kept: Sequence[Kept]) -> None:
        """Removes values that hold text of documents, whose entries may be missing."""
        with suppress(UpstreamError):
            for one in kept:
                if one.documents:
                    self._cache.discard(one.key)
