"""Answers a request once, however often it comes: one turn and one payment for one key.

As draft-ietf-httpapi-idempotency-key-header has it (sections 2.6 and 2.7): a request that was
answered gets that answer again, one that is still at work a conflict, and another body under the
same key is refused. A failure is not kept: the same request may then be tried again.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import asdict

from nexus.answering.answer_cache import answer_form
from nexus.answering.question import Question
from nexus.answering.remembering import seen_again
from nexus.errors import UpstreamError
from nexus.generations.lifecycle import PerGeneration
from nexus.models import Answer, Principal
from nexus.observability import logger
from nexus.ports import RequestClaims
from nexus.retrieval.reader import Reader
from nexus.taken_requests import digest, taken

# How long an answer is given again; Stripe keeps them as long.
KEPT_S = 24 * 3600


class IdempotentAnswers:
    """Gives the answer of before to a request that comes again under its key."""

    def __init__(
        self,
        claims: RequestClaims,
        readers: PerGeneration[Reader],
        executor: Executor,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._claims = claims
        self._readers = readers
        self._executor = executor
        self._sleep = sleep
        self._form = answer_form()

    def answer(
        self, principal: Principal, key: str, question: Question, make: Callable[[], Answer]
    ) -> tuple[Answer, bool]:
        """The question's answer, and whether it is that of an earlier request under this key.

        `key` is the client's own, 1 to 255 characters: another client's is another key, and so is
        that of the same client with other rights. `make` answers and remembers the turn. Raises
        InvalidRequest for another question under the key, InProgress when another request with it
        is not done after 5 s, UpstreamError when nobody can tell whether there was one, and what
        `make` raises.
        """
        place = digest("request", principal.tenant, principal.client, asdict(principal.rights), key)
        body = digest(
            question.message,
            question.conversation_id,
            question.top_k,
            asdict(question.filters),
            question.style,
            *([question.agent, question.confirms] if question.agent or question.confirms else []),
            *([question.before, question.forgets] if _is_told(question) else []),
        )
        owner = uuid.uuid4().hex
        known = taken(self._claims, place, body, owner, self._sleep)
        if known is not None:
            return self._again(principal, question, known), True
        try:
            answer = make()
        except BaseException:
            with suppress(UpstreamError):  # it is then free when its time is over
                self._claims.release(place, owner)
            raise
        self._keep(place, body, owner, principal.tenant, answer)
        return answer, False

    def _again(self, principal: Principal, question: Question, kept: bytes) -> Answer:
        """The answer of before, as far as the principal may see it now."""
        answer = self._form.validate_json(kept)
        if not answer.sources and not answer.named_document_ids:
            return answer
        return self._readers.with_live(
            lambda reader: seen_again(reader.catalogue, principal, question.message, answer),
            self._executor,
        )

    def _keep(self, place: str, body: str, owner: str, tenant: str, answer: Answer) -> None:
        """Keeps the answer; where it cannot be kept, it is given all the same."""
        passages = [source.passage for source in answer.sources]
        ids = [passage.document_id for passage in passages if passage.kind != "tool"]
        documents = [(tenant, item) for item in (*ids, *answer.named_document_ids)]
        try:
            made = self._form.dump_json(answer)
            if self._claims.finish(place, body, owner, made, KEPT_S, documents):
                return
        except (UpstreamError, ValueError):  # half of a surrogate pair has no UTF-8
            pass
        logger.warning("answer_not_kept_for_repetition")


def _is_told(question: Question) -> bool:
    """Whether the client tells the turns before, or remembers this one: as OpenAI's do."""
    return question.before is not None or question.forgets
