"""Shows the turns of a conversation without answers that quote what the reader may not see now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace

from nexus.ingestion.revisions import content_of
from nexus.models import DocumentRecord, Principal, ReadDocument, Turn
from nexus.ports import Catalogue
from nexus.retrieval.erased import was_erased
from nexus.retrieval.naming import title_of
from nexus.retrieval.rights import allows, permits
from nexus.text.tongues import tongue_of

# What S3 calls the one version of an object that was put without versions.
UNVERSIONED = ("", "null")
# No function runs longer than this before it stores its turn.
LONGEST_TURN_S = 900.0
# How many documents' texts are asked for at once.
_THREADS = 16

# In the languages of `answering.phrases`.
DELETED = {
    "en": "This answer is no longer available: a document that it cited was deleted.",
    "id": "Jawaban ini tidak tersedia lagi: dokumen yang dikutipnya telah dihapus.",
    "zh": "此回答已不可用：它引用的文档已被删除。",
    "es": "Esta respuesta ya no está disponible: se eliminó un documento que citaba.",
    "hi": "यह उत्तर अब उपलब्ध नहीं है: जिस दस्तावेज़ का उसमें हवाला था, वह हटा दिया गया है।",
    "ar": "لم تعد هذه الإجابة متاحة: فقد حُذف مستند استشهدت به.",
    "fr": "Cette réponse n'est plus disponible : un document qu'elle citait a été supprimé.",
    "pt": "Esta resposta já não está disponível: um documento que ela citava foi apagado.",
    "ru": "Этот ответ больше недоступен: документ, на который он ссылался, удалён.",
    "ja": "この回答はもう表示できません。引用していた文書が削除されました。",
    "de": "Diese Antwort ist nicht mehr verfügbar: Ein zitiertes Dokument wurde gelöscht.",
}
OUT_OF_SIGHT = {
    "en": "This answer is no longer available: it cited a document that you may not see.",
    "id": "Jawaban ini tidak tersedia lagi: dokumen yang dikutipnya tidak boleh Anda lihat.",
    "zh": "此回答已不可用：您无权查看它引用的文档。",
    "es": "Esta respuesta ya no está disponible: citaba un documento que usted no puede ver.",
    "hi": "यह उत्तर अब उपलब्ध नहीं है: इसमें उद्धृत दस्तावेज़ आप नहीं देख सकते।",
    "ar": "لم تعد هذه الإجابة متاحة: فقد استشهدت بمستند لا يحق لك الاطلاع عليه.",
    "fr": "Cette réponse n'est plus disponible : elle citait un document qui vous est fermé.",
    "pt": "Esta resposta já não está disponível: citava um documento que você não pode ver.",
    "ru": "Этот ответ больше недоступен: он ссылался на документ, закрытый для вас.",
    "ja": "この回答はもう表示できません。引用していた文書を閲覧する権限がありません。",
    "de": "Diese Antwort ist nicht mehr verfügbar: Sie dürfen ein zitiertes Dokument nicht sehen.",
}


def tombstone(turn: Turn) -> str:
    """The sentence that stands for an answer that is not shown, in the question's language."""
    why = DELETED if turn.deleted_document_ids else OUT_OF_SIGHT
    return why.get(tongue_of(turn.question), why["en"])


def told_of(turn: Turn) -> str:
    """A turn's answer, or the sentence that stands for it."""
    withheld = turn.deleted_document_ids or turn.hidden_document_ids
    return tombstone(turn) if withheld else turn.answer


def as_seen(catalogue: Catalogue, principal: Principal, turns: Sequence[Turn]) -> list[Turn]:
    """The turns, each without its answer that cites a document which the principal does not see.

    The answer's sources, claims and confidence go with it. Erasing a document takes these answers
    out of the store; here those go that were stored just after it, that cite what was only removed
    from the bucket, or what has moved out of the key's rights since, or they became narrower. An
    answer that was made before its document was erased does not return with another of the same
    path; and of a version that readers see no more, it is shown only to whom that version was open
    as well, unless what it cites still stands in the document, under the same title. Turns that
    cite nothing cost no call, and others one; the documents in doubt are then asked for at once.
    Raises UpstreamError when the catalogue fails.
    """
    cited = list(dict.fromkeys(item for turn in turns for item in turn.document_ids))
    if not cited:
        return list(turns)
    records, erased = catalogue.get_many_with_erasures(principal.tenant, cited)
    live = {item: record for item, record in records.items() if record.live_revision}
    sight = _Sight(catalogue, principal, live, erased)
    sight.read_texts(turns)
    return [_seen(turn, sight) for turn in turns]


class _Sight:
    """What a principal may see of documents, as they are now and as they were read."""

    def __init__(
        self,
        catalogue: Catalogue,
        principal: Principal,
        live: Mapping[str, DocumentRecord],
        erased: Mapping[str, str],
    ) -> None:
        self._catalogue = catalogue
        self._principal = principal
        self._live = live
        self._erased = erased
        self._texts: dict[str, frozenset[str]] = {}

    def is_gone(self, turn: Turn, item: str) -> bool:
        """Whether the document that the turn is of is there no more, or another one is."""
        return (
            item not in self._live
            or item in turn.deleted_document_ids
            or (item in self._erased and _is_of_erased(turn, self._erased[item]))
        )

    def is_hidden(self, turn: Turn, item: str) -> bool:
        """Whether a document that is there may not be seen, or not what was read of it."""
        if not permits(self._principal.rights, self._live[item]):
            return True
        return any(not self._stands(turn, one) for one in self._closed(turn, item))

    def read_texts(self, turns: Iterable[Turn]) -> None:
        """Reads of which texts documents are now, where a turn may be hidden by that."""
        cited = ((turn, item) for turn in turns for item in turn.document_ids)
        doubted = dict.fromkeys(
            item
            for turn, item in cited
            if not self.is_gone(turn, item)
            and permits(self._principal.rights, self._live[item])
            and any(not self._is_of_now(one) for one in self._closed(turn, item))
        )
        # Few turns are of what was opened to more since, but where a group was renamed all may be.
        with ThreadPoolExecutor(_THREADS) as pool:
            asked = {one: pool.submit(copy_context().run, self._text, one) for one in doubted}
        self._texts = {item: text.result() for item, text in asked.items()}

    def _closed(self, turn: Turn, item: str) -> list[ReadDocument]:
        """What a turn read of a document that was closed to the principal then."""
        read = [one for one in turn.read_as if one.document_id == item]
        return [one for one in read if not allows(self._principal.rights, item, one.said)]

    def _is_of_now(self, read: ReadDocument) -> bool:
        # A bucket that keeps no versions calls each of them the same.
        now = self._live[read.document_id].version
        return read.version not in UNVERSIONED and read.version == now

    def _stands(self, turn: Turn, read: ReadDocument) -> bool:
        """Whether what the turn cites of a version is in the one that readers see now."""
        if self._is_of_now(read):
            return True
        item = read.document_id
        quoted = [
            source.passage
            for source in turn.sources
            if (source.passage.document_id, source.passage.version) == (item, read.version)
        ]
        return (
            bool(quoted)
            and {one.title for one in quoted} == {title_of(self._live[item])}
            and self._texts[item].issuperset(content_of(one.chunk_id) for one in quoted)
        )

    def _text(self, item: str) -> frozenset[str]:
        manifest = self._catalogue.manifest(self._principal.tenant, item)
        # Of another revision than was looked at, nobody has said yet who may see it.
        if manifest is None or manifest.revision != self._live[item].live_revision:
            return frozenset()
        return frozenset(map(content_of, manifest.chunk_ids))


def _is_of_erased(turn: Turn, erased_at: str) -> bool:
    """Whether the turn may rest on what was erased then; so it is where nobody can tell."""
    if turn.read_at:
        return was_erased(turn.read_at, erased_at)
    return was_erased(turn.created_at, erased_at, LONGEST_TURN_S)  # of before this was kept


def _seen(turn: Turn, sight: _Sight) -> Turn:
    gone = tuple(item for item in turn.document_ids if sight.is_gone(turn, item))
    unseen = tuple(
        item for item in turn.document_ids if item not in gone and sight.is_hidden(turn, item)
    )
    if not gone and not unseen:
        return turn
    return replace(
        turn,
        answer="",
        deleted_document_ids=gone,
        hidden_document_ids=unseen,
        sources=(),
        claims=(),
        confidence=None,
        read_as=(),
    )
