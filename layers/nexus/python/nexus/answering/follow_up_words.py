"""The words by which a question goes on from the one before it, in the languages of the refusals.

Form alone: none says what a conversation is about.
"""

from __future__ import annotations

import re

# What a question opens with that goes on from the one before.
_GOES_ON = (
    r"and|but|so|or|also|then|what about|how about|what if|same|dan|tapi|lalu|terus|kemudian|atau|"
    r"kalau|bagaimana dengan|bagaimana kalau|gimana kalau|untuk yang|yang|"
    r"und|aber|oder|wie ist es mit|was ist mit|"
    r"y(?=\s)|pero|qué tal|et|mais|alors|qu'en est-il|e(?=\s)|então|quanto a|en(?=\s)|maar|"
    r"и|а|но|или|و|ولكن|ماذا عن|और|लेकिन"
)
# What one opens with that puts the one before it right.
_CORRECTS = (
    r"(?:no|nope|sorry|wait|bukan|tidak|maaf|nein|nee|non|não|perdón|нет)(?=\s*[,.:;–—-])|actually|"
    r"(?:what )?i (?:mean|meant|wanted)(?: to (?:ask|say|know))?(?: about)?(?: is| was)?|"
    r"(?:yang )?(?:maksud (?:saya|aku|kami)|maksudku|maksudnya|saya maksud)"
    r"(?: adalah| itu| tadi| tentang)?|"
    r"ich meinte?(?: damit)?|me ref(?:iero|ería) a|quise decir|quería decir|je voulais dire|"
    r"je parlais de|quis dizer|eu quis dizer|я имел(?:а)? в виду"
)
OPENING = rf"{_CORRECTS}|{_GOES_ON}"
# What asks for something.
ASKING = (
    r"what|which|who|whom|whose|when|where|why|how(?: (?:much|many|long|often))?|is|are|was|"
    r"were|do|does|did|can|could|may|must|should|will|has|have|apa|apakah|siapa|kapan|mana|dimana|"
    r"bagaimana|gimana|berapa|mengapa|kenapa|bisa|bisakah|boleh|bolehkah|adakah|ada|"
    r"wer|wem|wen|wann|wo|woher|wohin|wie(?: (?:viel|viele|lange|oft))?|warum|welche[mnrs]?|"
    r"qué|quién(?:es)?|cuál(?:es)?|cuándo|dónde|cómo|cuánt[oa]s?|"
    r"quels?|quelles?|qui|quand|où|comment|pourquoi|combien|est-ce|"
    r"quem|qual|quais|quando|onde|quant[oa]s?|"
    r"wat|waar|wanneer|waarom|hoe(?:veel)?|welke?|"
    r"что|кто|когда|где|как(?:ой|ая|ое|ие)?|сколько|почему"
)
# Words of an asking word and of others, that a language's own asking begins with.
ASKING_STEMS = r"\bberapa\w*|什么|谁|哪|几|多少|何|誰|いつ|どこ|いくら"
# What a phrase begins with that says for whom, where, or until when.
PREPOSITION = re.compile(
    r"(?:for|in|on|at|to|from|of|with|during|after|before|until|by|untuk|bagi|di|ke|dari|pada|"
    r"dengan|dalam|sampai|hingga|für|bei|mit|von|ab|bis|para|con|desde|hasta|pour|avec|dans|"
    r"jusqu['’]à|com|voor|для|с|до|от)\b",
    re.IGNORECASE,
)
