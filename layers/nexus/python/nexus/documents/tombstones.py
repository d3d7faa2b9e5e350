"""Shows the turns of a conversation without answers that quote what the reader may not see now."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from nexus.models import Principal, Turn
from nexus.ports import Catalogue
from nexus.retrieval.rights import permits
from nexus.text.tongues import tongue_of

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
    out of the store; here those go that were stored just
    after it, that cite what was only removed from the bucket, or what has moved out of the key's
    rights since, or they became narrower. Turns that cite nothing cost no call. Raises
    UpstreamError when the catalogue fails.
    """
    cited = list(dict.fromkeys(item for turn in turns for item in turn.document_ids))
    records = catalogue.get_many(principal.tenant, cited, consistently=True) if cited else {}
    live = {item: record for item, record in records.items() if record.live_revision}
    hidden = {item for item, record in live.items() if not permits(principal.rights, record)}
    return [_seen(turn, live.keys(), hidden) for turn in turns]


def _seen(turn: Turn, live: Set[str], hidden: Set[str]) -> Turn:
    gone = tuple(
        item for item in turn.document_ids if item not in live or item in turn.deleted_document_ids
    )
    unseen = tuple(item for item in turn.document_ids if item in hidden and item not in gone)
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
    )
