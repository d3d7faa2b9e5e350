"""Recognises greetings and thanks in the languages of `answering.phrases`, but the first two.

English and Indonesian ones are in `answering.routing`.
"""

from __future__ import annotations

import re
from typing import Literal

Courtesy = Literal["greeting", "thanks"]

# Nobody greets at greater length.
MOST_CHARS = 80

# By language: greetings, thanks, and words that may stand beside either; _ is a blank.
_SAID = """
zh greeting: 你好 您好 嗨 早上好 上午好 下午好 晚上好 大家好 早安 晚安 哈喽
zh thanks: 谢谢 謝謝 多谢 非常感谢 感谢 感谢您 辛苦了
zh beside: 你 您 你们 啊 呀 了 的 帮助 大家 請 请问
es greeting: hola buenas buenos_días buenas_tardes buenas_noches buen_día saludos qué_tal
es thanks: gracias muchas_gracias mil_gracias te_lo_agradezco se_lo_agradezco
es beside: por su ayuda tu la a todos muy amable equipo tal
hi greeting: नमस्ते नमस्कार प्रणाम सुप्रभात शुभ_प्रभात शुभ_संध्या हैलो हेलो
hi thanks: धन्यवाद शुक्रिया बहुत_धन्यवाद बहुत_बहुत_धन्यवाद आभार
hi beside: जी आपका आपको सब को बहुत मदद के लिए भाई
ar greeting: مرحبا مرحبًا أهلا أهلًا أهلا_وسهلا السلام_عليكم سلام صباح_الخير مساء_الخير تحية
ar thanks: شكرا شكرًا شكرا_جزيلا شكرًا_جزيلًا شكرا_لك شكرًا_لك أشكرك مشكور
ar beside: لك لكم جزيلا جزيلًا على مساعدتك بك بكم وسهلا وسهلًا ورحمة الله وبركاته يا جميعا
fr greeting: bonjour bonsoir salut coucou allô bonne_journée
fr thanks: merci merci_beaucoup mille_mercis je_vous_remercie
fr beside: beaucoup à tous toutes bien pour votre ton aide bien tout le monde l
pt greeting: olá oi bom_dia boa_tarde boa_noite e_aí tudo_bem saudações
pt thanks: obrigado obrigada muito_obrigado muito_obrigada valeu agradeço
pt beside: muito pela pelo sua ajuda a todos pessoal tudo bem
ru greeting: привет здравствуйте здравствуй добрый_день доброе_утро добрый_вечер приветствую
ru thanks: спасибо большое_спасибо спасибо_большое благодарю
ru beside: большое всем за помощь вам вас тебе огромное
ja greeting: こんにちは こんばんは おはよう おはようございます はじめまして やあ どうも もしもし
ja thanks: ありがとう ありがとうございます ありがとうございました どうもありがとう 感謝します
ja beside: どうも 本当に 皆さん みなさん
de greeting: hallo guten_tag guten_morgen guten_abend moin servus grüß_gott grüezi grüße
de thanks: danke danke_schön dankeschön vielen_dank besten_dank herzlichen_dank danke_sehr
de beside: schön sehr für ihre deine die hilfe zusammen alle ihr an euch
"""
_UNSPACED = ("zh", "ja")
_PUNCTUATION = re.compile(r"[^\w\u0300-\u036f\u0900-\u097f\u064b-\u065f]+")


def courtesy_of(message: str) -> tuple[Courtesy, str] | None:
    """Whether a message is nothing but a greeting or thanks, and in which language; else None.

    A message that is both is thanks.
    """
    if len(message) > MOST_CHARS:
        return None
    words = _PUNCTUATION.sub(" ", message.lower()).strip()
    if not words:
        return None
    for language in _IN_ASCII if words.isascii() else _PATTERNS:
        whole, thanks = _PATTERNS[language]
        if whole.fullmatch(words):
            return ("thanks" if thanks.search(words) else "greeting"), language
    return None


def _phrases() -> dict[str, dict[str, list[str]]]:
    """By language and part what is said."""
    said: dict[str, dict[str, list[str]]] = {}
    for line in _SAID.strip().splitlines():
        kind, _, phrases = line.partition(":")
        language, _, part = kind.partition(" ")
        said.setdefault(language, {}).setdefault(part, []).extend(phrases.split())
    return said


def _patterns_of(
    language: str, parts: dict[str, list[str]]
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What matches a whole courtesy, and what finds thanks in it."""
    greeting, thanks, beside = (
        "|".join(
            re.escape(phrase.replace("_", " "))
            for phrase in sorted(parts[kind], key=len, reverse=True)
        )
        for kind in ("greeting", "thanks", "beside")
    )
    begin, end = ("", " ?+") if language in _UNSPACED else (r"(?:(?<= )|\A)", r"(?: ++|\Z)")
    before, behind = rf"(?:(?:{beside}){end}){{0,3}}", rf"(?:(?:{greeting}|{thanks}|{beside}){end})"
    whole = rf"{before}(?:{greeting}|{thanks}){end}{behind}{{0,8}}"
    return re.compile(whole), re.compile(rf"{begin}(?:{thanks}){end}")


_PHRASES = _phrases()
_PATTERNS = {language: _patterns_of(language, parts) for language, parts in _PHRASES.items()}
# Languages of which an ASCII text may be a courtesy: the others greet and thank in other letters.
_IN_ASCII = tuple(
    language
    for language, parts in _PHRASES.items()
    if any(map(str.isascii, (*parts["greeting"], *parts["thanks"])))
)
