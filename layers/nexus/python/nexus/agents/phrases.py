"""What is said of actions, in the question's language: that one waits, was done, or was not."""

from __future__ import annotations

from nexus.text.tongues import tongue_of

WAITING = {
    "en": "This needs your confirmation before it is done: {title}.",
    "id": "Ini memerlukan konfirmasi Anda sebelum dilakukan: {title}.",
    "zh": "此操作需要您确认后才会执行：{title}。",
    "es": "Esto necesita su confirmación antes de hacerse: {title}.",
    "hi": "यह करने से पहले आपकी पुष्टि चाहिए: {title}।",
    "ar": "يتطلب هذا تأكيدك قبل تنفيذه: {title}.",
    "fr": "Ceci demande votre confirmation avant d'être fait : {title}.",
    "pt": "Isto precisa da sua confirmação antes de ser feito: {title}.",
    "ru": "Перед выполнением требуется ваше подтверждение: {title}.",
    "ja": "実行する前に確認が必要です：{title}。",
    "de": "Das braucht Ihre Bestätigung, bevor es getan wird: {title}.",
}
DONE = {
    "en": "It was done: {title}.",
    "id": "Sudah dilakukan: {title}.",
    "zh": "已执行：{title}。",
    "es": "Se ha hecho: {title}.",
    "hi": "यह कर दिया गया: {title}।",
    "ar": "تم التنفيذ: {title}.",
    "fr": "C'est fait : {title}.",
    "pt": "Foi feito: {title}.",
    "ru": "Выполнено: {title}.",
    "ja": "実行しました：{title}。",
    "de": "Es wurde getan: {title}.",
}
NOT_DONE = {
    "en": "It was not done: {title}.",
    "id": "Tidak dilakukan: {title}.",
    "zh": "未执行：{title}。",
    "es": "No se ha hecho: {title}.",
    "hi": "यह नहीं किया गया: {title}।",
    "ar": "لم يتم التنفيذ: {title}.",
    "fr": "Ce n'a pas été fait : {title}.",
    "pt": "Não foi feito: {title}.",
    "ru": "Не выполнено: {title}.",
    "ja": "実行しませんでした：{title}。",
    "de": "Es wurde nicht getan: {title}.",
}
UNKNOWN = {
    "en": "It failed, and may have been done all the same: {title}. Look before you ask again.",
    "id": "Gagal, tetapi mungkin tetap terlaksana: {title}. Periksa sebelum meminta lagi.",
    "zh": "执行失败，但可能仍已生效：{title}。再次请求前请先查看。",
    "es": "Ha fallado, y puede haberse hecho igualmente: {title}. Compruébelo antes de repetirlo.",
    "hi": "यह विफल रहा, पर हो सकता है कि हो गया हो: {title}। दोबारा माँगने से पहले जाँच लें।",
    "ar": "فشل التنفيذ وربما تم مع ذلك: {title}. تحقق قبل أن تطلبه مرة أخرى.",
    "fr": "Cela a échoué, et peut avoir été fait tout de même : {title}. Vérifiez avant de "
    "recommencer.",
    "pt": "Falhou, e pode ter sido feito mesmo assim: {title}. Verifique antes de pedir de novo.",
    "ru": "Произошёл сбой, но действие могло выполниться: {title}. Проверьте прежде.",
    "ja": "失敗しましたが、実行された可能性があります：{title}。再度依頼する前に確認してください。",
    "de": "Es ist misslungen, und kann doch getan worden sein: {title}. Sehen Sie nach, bevor Sie "
    "es wieder verlangen.",
}


def said(phrase: dict[str, str], question: str, title: str) -> str:
    """A phrase of this module in the question's language, about what has this title."""
    return phrase.get(tongue_of(question), phrase["en"]).format(title=title)
