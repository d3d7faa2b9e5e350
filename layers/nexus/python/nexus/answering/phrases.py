"""What Nexus itself says, in English and the ten other languages of most of its readers.

Those are Indonesian, whose users it was made for, and Chinese, Spanish, Hindi, Arabic, French,
Portuguese, Russian, Japanese and German; a question in any other is answered in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nexus.text.tongues import tongue_of


@dataclass(frozen=True, slots=True)
class Phrases:
    """The fixed sentences of one language; `closest` holds {places}, which `both` joins, and
    `unmatched` {names}.
    """

    not_found: str
    closest: str
    nothing: str
    both: str
    greeting: str
    thanks: str
    unmatched: str
    quotes: tuple[str, str] = ("“", "”")


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        "I could not find the answer to this in the documents.",
        " The closest that I found is {places}.",
        "There are no documents that I may search for this.",
        " and ",
        "Hello! Ask me anything that your documents may answer.",
        "You are welcome.",
        "No document that I may search passes the filters of this request ({names}): "
        "check how they are written, or leave them out.",
    ),
    "id": Phrases(
        "Saya tidak menemukan jawabannya di dalam dokumen.",
        " Yang paling dekat adalah {places}.",
        "Tidak ada dokumen yang boleh saya cari untuk ini.",
        " dan ",
        "Halo! Tanyakan apa saja yang mungkin dijawab oleh dokumen Anda.",
        "Sama-sama.",
        "Tidak ada dokumen yang boleh saya cari yang cocok dengan filter permintaan ini "
        "({names}): periksa penulisannya, atau hilangkan filternya.",
    ),
    "zh": Phrases(
        "我在文档中没有找到这个问题的答案。",
        "最接近的内容是{places}。",
        "没有我可以为此查找的文档。",
        "和",
        "您好！您可以问我文档中可能有答案的任何问题。",
        "不客气。",
        "我可以查找的文档中没有符合此请求筛选条件（{names}）的：请检查写法，或去掉筛选条件。",
        ("《", "》"),
    ),
    "es": Phrases(
        "No he encontrado la respuesta en los documentos.",
        " Lo más cercano que he encontrado es {places}.",
        "No hay documentos en los que pueda buscar esto.",
        " y ",
        "¡Hola! Pregúnteme lo que sus documentos puedan responder.",
        "De nada.",
        "Ningún documento en el que pueda buscar cumple los filtros de esta petición "
        "({names}): compruebe cómo están escritos, o quítelos.",
    ),
    "hi": Phrases(
        "मुझे दस्तावेज़ों में इसका उत्तर नहीं मिला।",
        " सबसे निकट जो मिला, वह {places} है।",
        "ऐसा कोई दस्तावेज़ नहीं है जिसमें मैं यह खोज सकूँ।",
        " और ",
        "नमस्ते! वह कुछ भी पूछें जिसका उत्तर आपके दस्तावेज़ों में हो सकता है।",
        "आपका स्वागत है।",
        "जिन दस्तावेज़ों में मैं खोज सकता हूँ, उनमें से कोई भी इस अनुरोध के फ़िल्टर "
        "({names}) से मेल नहीं खाता: उनकी वर्तनी जाँचें, या उन्हें हटा दें।",
    ),
    "ar": Phrases(
        "لم أجد إجابة عن هذا السؤال في المستندات.",
        " أقرب ما وجدته هو {places}.",
        "لا توجد مستندات يمكنني البحث فيها عن هذا.",
        " و",
        "مرحبًا! اسألني عن أي شيء قد تجيب عنه مستنداتك.",
        "على الرحب والسعة.",
        "لا يوجد مستند يمكنني البحث فيه يطابق عوامل تصفية هذا الطلب ({names}): تحقق من "
        "كتابتها، أو احذفها.",
        ("«", "»"),
    ),
    "fr": Phrases(
        "Je n'ai pas trouvé la réponse dans les documents.",
        " Ce que j'ai trouvé de plus proche est {places}.",
        "Il n'y a aucun document où je puisse chercher cela.",
        " et ",
        "Bonjour ! Posez-moi toute question à laquelle vos documents peuvent répondre.",
        "Je vous en prie.",
        "Aucun document que je peux consulter ne passe les filtres de cette requête "
        "({names}) : vérifiez leur orthographe, ou retirez-les.",
        ("« ", " »"),
    ),
    "pt": Phrases(
        "Não encontrei a resposta nos documentos.",
        " O mais próximo que encontrei é {places}.",
        "Não há documentos em que eu possa procurar isso.",
        " e ",
        "Olá! Pergunte-me o que os seus documentos possam responder.",
        "De nada.",
        "Nenhum documento em que posso procurar passa os filtros deste pedido ({names}): "
        "verifique como estão escritos, ou retire-os.",
    ),
    "ru": Phrases(
        "Я не нашёл ответа на этот вопрос в документах.",
        " Ближе всего к нему {places}.",
        "Нет документов, в которых я мог бы это искать.",
        " и ",
        "Здравствуйте! Спрашивайте обо всём, на что могут ответить ваши документы.",
        "Пожалуйста.",
        "Ни один документ, в котором я могу искать, не проходит фильтры этого запроса "
        "({names}): проверьте, как они написаны, или уберите их.",
        ("«", "»"),
    ),
    "ja": Phrases(
        "文書の中に答えは見つかりませんでした。",
        "最も近いものは{places}です。",
        "この質問のために検索できる文書はありません。",
        "と",
        "こんにちは。文書から答えられそうなことを何でもお尋ねください。",
        "どういたしまして。",
        "検索できる文書のうち、このリクエストの絞り込み条件（{names}）に合うものはありません。書き方を確かめるか、条件を外してください。",
        ("「", "」"),
    ),
    "de": Phrases(
        "Ich habe die Antwort in den Dokumenten nicht gefunden.",
        " Am nächsten kommt {places}.",
        "Es gibt keine Dokumente, in denen ich danach suchen darf.",
        " und ",
        "Hallo! Fragen Sie mich, was Ihre Dokumente beantworten könnten.",
        "Gern geschehen.",
        "Kein Dokument, in dem ich suchen darf, passt zu den Filtern dieser Anfrage "
        "({names}): Prüfen Sie ihre Schreibweise, oder lassen Sie sie weg.",
        ("„", "“"),
    ),
}


def phrases_for(question: str) -> Phrases:
    """The sentences in the question's language; in English where they are not known in it."""
    return PHRASES.get(tongue_of(question), PHRASES["en"])
