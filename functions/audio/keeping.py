"""Turns that are asked for again: jobs, and requests with an Idempotency-Key, for a day.

They stand with the answers of repeated requests: whoever claims one answers it, and an answer goes
when one of its documents is erased. The sound is kept beside them in the bucket.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from pydantic import TypeAdapter

from functions.audio.asked import media_type
from functions.audio.talking import Spoken
from nexus.answering.idempotency import KEPT_S
from nexus.answering.remembering import seen_again
from nexus.errors import InProgress, InvalidRequest, NotFound
from nexus.models import Principal
from nexus.observability import logger
from nexus.services import AudioServices
from nexus.taken_requests import CLAIMED_S, RETRY_AFTER_S

PREFIX = "audio/"
# How long a request, and a job, may be at work before another may begin on it.
REQUEST_S, JOB_S = CLAIMED_S, 16 * 60
_MOST_SOUND_BYTES = 50_000_000
_LOST = "The job is not known, or a day has passed: send the recording again."


@dataclass(frozen=True, slots=True)
class Failed:
    """How a job failed, as the problem that a request would have been answered with."""

    status: int
    detail: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    spoken: Spoken | None
    failed: Failed | None
    has_sound: bool


_FORM = TypeAdapter(_Kept)
State = Literal["working"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a turn is kept: its id, its caller's own; `body` is the digest of what is asked."""

    id: str
    key: str
    folder: str
    body: str = ""
    owner: str = ""

    @property
    def recording(self) -> str:
        """Where a recording is kept for a job."""
        return f"{self.folder}{self.id}"

    @property
    def sound(self) -> str:
        """Where the spoken answer is kept."""
        return f"{self.folder}{self.id}.answer"


def place_of(principal: Principal, turn_id: str) -> Place:
    """Where the caller's turn of this id is; another caller's, or other rights', is elsewhere."""
    key = _digest("audio", principal.tenant, principal.client, asdict(principal.rights), turn_id)
    return Place(turn_id, key, folder_of(principal))


def new_place(principal: Principal, key: str | None, asked: dict[str, Any], content: str) -> Place:
    """Where a new turn is to be kept: by the client's Idempotency-Key if it has one."""
    turn_id = f"a-{uuid.uuid4().hex}"
    if key is not None:
        turn_id = f"a-{_digest(principal.tenant, principal.client, key)[:32]}"
    place = place_of(principal, turn_id)
    return replace(place, body=_digest(asked, content), owner=uuid.uuid4().hex)


def folder_of(principal: Principal) -> str:
    """The caller's folder in the bucket."""
    return f"{PREFIX}{principal.tenant}/{_digest(principal.client)[:24]}/"


def take(services: AudioServices, place: Place, seconds: int) -> bool:
    """Whether the turn is to be made now; False if it was made before.

    Raises InProgress while it is at work, and InvalidRequest for another under the same key.
    """
    found = services.claims.claim(place.key, place.body, place.owner, seconds)
    if found is None:
        return True
    if found.body != place.body:
        raise InvalidRequest(
            "The Idempotency-Key was sent with another request before: take a new key for a new "
            "request.",
            "Idempotency-Key",
        )
    if found.answer is None:
        raise InProgress(
            "A request with this Idempotency-Key is still being answered: send it again in "
            f"{RETRY_AFTER_S:.0f} seconds, or ask for {place.id}.",
            RETRY_AFTER_S,
        )
    return False


def keep(services: AudioServices, place: Place, made: Spoken | Failed) -> bool:
    """Whether a turn that was made, or how it failed, is kept for a day. Raises UpstreamError."""
    spoken, failed = (made, None) if isinstance(made, Spoken) else (None, made)
    documents: list[tuple[str, str]] = []
    if spoken is not None:
        tenant = place.folder.split("/")[1]
        sources = [source.passage.document_id for source in spoken.answer.sources]
        documents = [(tenant, one) for one in (*sources, *spoken.answer.named_document_ids)]
        if spoken.sound is not None:
            services.recordings.put(place.sound, spoken.sound, media_type(spoken.form))
            spoken = replace(spoken, sound=None)
    has_sound = isinstance(made, Spoken) and made.sound is not None
    written = _FORM.dump_json(_Kept(spoken, failed, has_sound))
    if services.claims.finish(place.key, place.body, place.owner, written, KEPT_S, documents):
        return True
    logger.warning("audio_turn_not_kept")
    return False


def kept(services: AudioServices, principal: Principal, place: Place) -> Spoken | Failed | State:
    """A turn as far as the principal may see it now, how it failed, or that it is at work.

    Raises NotFound where none is known.
    """
    found = services.claims.standing(place.key)
    if found is None:
        raise NotFound(_LOST)
    if found.answer is None:
        return "working"
    known = _FORM.validate_json(found.answer)
    if known.failed is not None:
        return known.failed
    if known.spoken is None:
        raise NotFound(_LOST)
    return _seen(services, principal, place, known.spoken, has_sound=known.has_sound)


def _seen(
    services: AudioServices, principal: Principal, place: Place, spoken: Spoken, *, has_sound: bool
) -> Spoken:
    answer = spoken.answer
    if answer.sources or answer.named_document_ids:
        answer = services.chat.readers.with_live(
            lambda reader: seen_again(reader.catalogue, principal, spoken.asked, spoken.answer),
            services.chat.executor,
        )
    if answer is not spoken.answer:
        return replace(spoken, answer=answer, note="The answer may not be heard any more.")
    if not has_sound:
        return spoken
    return replace(spoken, sound=services.recordings.get(place.sound, _MOST_SOUND_BYTES))


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
