"""Finds the stretches of a document that speak to a machine instead of telling a reader something.

What they say is no evidence for an answer, and is not shown to the language model. They are told
by common wordings, and a new one passes: this is the first layer of several, and the weakest.
The prompt's rules, the check of each claim and the removal of links hold for what passes here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from nexus.text.paragraphs import paragraphs
from nexus.text.sanitising import visible

Span = tuple[int, int]

HIDDEN = "[…]"
_END = r"[\"'”’)\]]*+(?=\s)"
_PIECE = re.compile(rf"[.!?…]{{2,}}+{_END}|[^\n]+?(?:(?<![.!?…])[.!?…]++{_END}|$)", re.MULTILINE)

_TAG = re.compile(r"<[^<>]*>")
_LETTER = re.compile(r"[^\W\d_]")

_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһӏьвмткԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαορνικАВЕКМНОРСТУХІЅЈ",
    "aeopcyxijsdhlbbmtkqwABEZHIKMNOPTYXaopvikABEKMHOPCTYXISJ",
)
_MACHINE = (
    r"(?:ai|a\.i\.|llm|gpt|chatgpt|chatbots?|bots?|(?:ai|virtual|digital) assistants?|"
    r"language models?|ai (?:systems?|agents?|models?)|asisten (?:ai|virtual|digital)|"
    r"(?:model|sistem) (?:bahasa|ai)|kecerdasan buatan)"
)
_ROLE = r"(?:system|assistant|developer|user|human|asisten|sistem|pengguna)"
_MARKS = tuple(
    re.compile(mark, re.IGNORECASE)
    for mark in (
        # A conversation's own syntax.
        rf"<\|?\s*+(?:/\s*+)?(?:im_start|im_end|endoftext|{_ROLE}|passages?|question|turn|asked|"
        r"answered|instructions?|prompt|tool_calls?|function_calls?|tools?|invoke)\b",
        r"\[/?inst\]|<</?sys>>|<!--",
        rf"^(?:[^\w#]*#)+\s*+(?:{_ROLE}|instructions?|response|new instructions?)\b"
        r"(?:\s*+(?:prompt|message))?\s*+(?::\s*+)?$",
        rf"[\"']role[\"']\s*:\s*[\"']{_ROLE}",
        r"[\"'](?:tool|function|tool_calls?|function_call|tool_name)[\"']\s*:",
        rf"^\W*+(?:{_ROLE}|ai)(?: (?:prompt|message|override|note))?\s*+:\s*+"
        r"(?!.*;\s*\w+:)(?:\S+(?:\s+\S+){3}|\S[^.]*[!?])|"
        r"^\W*+(?:system|admin|safety|developer) override\s*+:",
        r"</?(?:important|secret|admin|hidden|override|rules?|context|document|untrusted)>",
        r"[:;] (?:assistant|asisten|chatgpt|ai|system|sistem)\s*: \S+(?:\s+\S+){3}",
        # Setting rules aside.
        r"\b(?:ignore|disregard|forget|override|bypass|discard|abaikan|lupakan|hiraukan|"
        r"kesampingkan)\b.{0,40}\b(?:previous|prior|above|earlier|preceding|system|your|all|"
        r"sebelumnya|di ?atas|sistem|semua|seluruh|segala)\b.{0,40}\b(?:instructions?|prompts?|"
        r"rules?|guidelines?|directions?|context|passages?|sources?|instruksi|perintah|aturan|"
        r"petunjuk|arahan|konteks|kutipan)\b",
        r"\b(?:abaikan|lupakan|hiraukan|kesampingkan)\b.{0,40}\b(?:instruksi|perintah|aturan|"
        r"petunjuk|arahan|konteks|kutipan)\b.{0,40}\b(?:sebelumnya|di ?atas|sistem|anda|"
        r"semua)\b",
        r"\b(?:system prompt|prompt sistem|instruksi sistem|developer mode|jailbreak)\b",
        r"\b(?:new|updated|revised|hidden|secret|instruksi baru|baru) (?:system )?"
        r"(?:instructions?|directives?) ?(?::|for|to|untuk)|\binstruksi baru\b.{0,5}:",
        r"\b(?:set aside|ignore|forget|disregard|lupakan|abaikan)\b.{0,20}\b(?:everything|"
        r"anything|all|semua(?:nya)?|segala)\b.{0,20}\b(?:above|before|previous\w*|"
        r"you (?:were|have been|are) told|di ?atas|sebelumnya)\b",
        r"\b(?:ignore|forget|disregard|lupakan|abaikan)\b (?:all |semua )?(?:your (?:rules|"
        r"training|guidelines|task)|(?:aturan|instruksi|perintah|tugas)(?:mu| anda| kamu)\b)",
        r"\byour (?:new|real|true|actual) (?:task|instructions?|goal|purpose|orders?) (?:is|"
        r"are)\b|"
        r"\bnew task\s*:|\btugas (?:barumu|barunya|baru anda)\b|"
        r"\binstead of answering\b|\bdo not answer the (?:user|question)|"
        r"\bjangan jawab (?:pertanyaan )?(?:pengguna|user)",
        # Speaking to the machine.
        r"\b(?:the|this) assistant (?:shall|must|should|will) (?:now |only |always |not |"
        r"never )*"
        r"(?:respond|reply|answer|say|tell|ignore|output|write|include|refuse)\b",
        r"\bwhoever (?:reads|processes|summari[sz]es)\b|\b(?:machine|model|system) (?:that|"
        r"which) "
        r"(?:reads|processes|summari[sz]es) this\b|"
        r"\b(?:the user|pengguna) (?:wants|orders|asks|ingin|meminta) (?:you|kamu|anda)\b",
        r"\b(?:kamu|anda) adalah (?:sebuah |seorang )?(?:asisten|ai|model|chatbot|bot)\b|"
        r"\byou are (?:an? |the )?(?:ai\b|helpful assistant|language model|chatbot)",
        r"\b(?:when|while|if|before|after) (?:you )?(?:summari[sz]\w*|answer\w*|process\w*|"
        r"translat\w*) (?:this|the) (?:document|text|page|file|passage|"
        r"question)s?\b.{0,10} (?:say|"
        r"tell|write|print|output|add|include|state|mention|call|cite)\b",
        rf"(?:^|[.!?:])[\"'“(*_>\s]*+(?:(?:dear|attention|hey|hello|hi|hai|note to|"
        rf"perhatian|halo|wahai|untuk|"
        rf"kepada) )?(?:the |all |any |para |semua )?{_MACHINE}s?\s*[,:;!-]",
        rf"\b(?:notes?|messages?|instructions?|notice|reminders?|updates?|rules?|pesan|"
        rf"catatan|pengumuman|pembaruan|"
        rf"instruksi|perintah|aturan) (?:to|for|untuk|kepada|bagi) (?:the |all |any |every |"
        rf"semua |para |setiap )?{_MACHINE}\b",
        rf"\b{_MACHINE} (?:that |which |who |yang )?(?:is |are )?(?:reads?|reading|process\w*|"
        r"summari[sz]\w*|answering|membaca|memproses|meringkas|menjawab)\b",
        rf"\b(?:if|when|as|jika|bila|karena) you(?:'re| are)? (?:an? )?{_MACHINE}\b",
        rf"\b(?:jika|bila|kalau|karena|sebagai) (?:anda|"
        rf"kamu) (?:adalah )?(?:sebuah )?{_MACHINE}\b",
        # A new part to play.
        r"\byou are (?:now |no longer )(?:in )?(?:dan\b|\w*gpt|\w*bot\b|(?:an? )?(?:ai|"
        r"unrestricted|unfiltered|different|helpful|pirate|hacker|assistant|bound|admin\w*))",
        r"\bpretend (?:to be|that you|you)\b|\brole-?play\b|"
        r"\bact as (?:if you|(?:an? |the )?(?:ai|assistant|unrestricted|system|admin|pirate|"
        r"dan))\b",
        r"\b(?:berpura-pura(?:lah)?|berperan(?:lah)? sebagai|bertindaklah sebagai)\b|"
        r"\b(?:kamu|anda) sekarang adalah\b",
        r"\b(?:from now on|mulai (?:sekarang|saat ini)),? (?:you (?:are|must|will) |always |"
        r"only |please |selalu |hanya |(?:kamu|anda) (?:harus|wajib|adalah) )*(?:answer|tell|"
        r"say|"
        r"reply|respond|inform|assume|act|treat|jawab\w*|katakan|balas|sampaikan|anggap)\b",
        # Dictating the answer.
        r"\b(?:tell|inform|assure|convince|beri ?tahu(?:kan)?|sampaikan kepada|"
        r"yakinkan) (?:the |"
        r"every |each |any |all |setiap |semua |para )?(?:users?|readers?|pengguna|pembaca)"
        r" (?:that|bahwa)\b|\b(?:answer|respond|reply) as if\b",
        r"\b(?:answer|respond|reply|output|jawab(?:lah)?|balas(?:lah)?)\b.{0,25}\b(?:only|"
        r"exactly|verbatim|hanya|persis|nothing but)\b.{0,20}(?:\bwith\b|\bdengan\b|:|[\"“])",
        r"\b(?:say|answer|reply|respond|write|print|output|katakan|jawab(?:lah)?|tulis(?:kan)?|"
        r"balas)\b (?:only |exactly |hanya |persis |with |dengan |that |bahwa |to all |this |"
        r"ini )*[:\"“]",
        r"\b(?:any|every|all|whatever|setiap|semua|apa ?pun)\b.{0,30}\b(?:questions?|"
        r"pertanyaan(?:nya)?|asks?|asked|ditanya\w*|quer(?:y|ies))\b.{0,60}\b(?:answer|say|"
        r"reply|respond|jawab(?:lah)?|katakan|balas|dijawab) (?:with|that|only|by|dengan|bahwa|"
        r"hanya|:)",
        r"\b(?:if|when|whenever) (?:any|some)one asks\b.{0,60}\b(?:say|answer|reply|"
        r"respond) that\b|"
        r"\b(?:jika|bila|kalau|apabila) ada yang (?:ber)?tanya\b.{0,60}\b(?:katakan|"
        r"jawab) bahwa\b",
        r"\b(?:end|begin|start|finish|close|prefix|append|akhiri|awali|mulai|tutup|sisipkan|"
        r"tambahkan)\b.{0,40}\b(?:answers?|repl(?:y|ies)|responses?|outputs?|jawaban)\b"
        r"(?:\w* (?:with|by|using|dengan|anda)|.{0,20}[:!\[]|$)",
        r"\b(?:include|add|insert|embed|render|display|show|sertakan|sisipkan|tambahkan|"
        r"tampilkan)\b.{0,60}\b(?:images?|pictures?|logo|banner|links?|url|markdown|html|"
        r"phrase|"
        r"sentence|text|words?|gambar|tautan|kalimat|kata)\b.{0,40}(?:\bin (?:your|the|every|"
        r"each|all) (?:answers?|repl\w+|"
        r"responses?|outputs?)\b|\bdalam (?:setiap )?jawaban\b|!\[|https?:)",
        r"\b(?:do not|don't|never|jangan)\b.{0,20}\b(?:mention|cite|reveal|quote|use|sebutkan|"
        r"kutip|gunakan|ungkapkan)\b.{0,25}\b(?:passages?|instructions?|this (?:note|text|"
        r"message)|"
        r"kutipan|instruksi|(?:pesan|catatan|teks) ini)\b",
        r"\bcite\b.{0,40}\[\d+\]|\bkutip\b.{0,40}\[\d+\]|\bciting \[\d+\]",
        r"\b(?:reveal|repeat|print|show|output|leak)\b.{0,20}\bprompts?\b",
        r"\b(?:reveal|repeat|print|leak|disclose|output|exfiltrate|bocorkan|ungkapkan|"
        r"kirimkan)\b"
        r".{0,50}\b(?:your (?:instructions|prompt|rules)|conversation|chat history|percakapan|"
        r"api keys?|kunci api|kata sandi pengguna|secrets?)\b",
        # Hidden commands.
        r"\b(?:decode|dekode(?:kan)?|execute|jalankan)\b.{0,60}\b(?:base64|follow|obey|ikuti|"
        r"jalankan)\b",
        r"\b(?:call|invoke|use|panggil|gunakan|jalankan)\b.{0,30}\b(?:tool|plugin|alat|"
        r"fungsi|function)\b.{0,20}[`\"(:]",
        r"[a-z0-9+/]{48,}={0,2}",
    )
)
# A text with none of these cannot match; looking for them costs a hundredth of the patterns.
_HINTS = (
    *"ignore disregard forget override bypass discard abaikan lupakan hiraukan".split(),
    *"kesampingkan citing".split(),
    *"prompt instruction instruksi directive jailbreak assistant asisten chatbot gpt llm".split(),
    *"pretend role-play roleplay berpura berperan bertindak base64 decode dekode plugin".split(),
    *"answer respond reply replies output jawab balas katakan cite kutip reveal leak".split(),
    *"disclose exfiltrate bocorkan ungkapkan kirimkan system user human developer sistem".split(),
    *"pengguna kecerdasan sekarang [inst [/inst < ![ ai a.i. bot print repeat execute".split(),
    *"jalankan tulis say write tell inform assure convince beri sampaikan".split(),
    *"summaris summariz translat whoever banner markdown html http gambar tautan".split(),
    *"<imp <sec <adm <hid".split(),
    *(
        "set aside",
        " task",
        "the passage",
        "this document",
        "language model",
        "model bahasa",
        "act as",
        "you are",
        "kamu adalah",
        "anda adalah",
        "saat ini",
        "from now on",
        "tool",
    ),
    *("function", "fungsi", "alat", '"role', "'role"),
)
_ENCODED = re.compile(r"[a-z0-9+/]{48}", re.IGNORECASE)
_OPENING = re.compile(
    rf"<\|?\s*((?:im_start|{_ROLE}|instructions?|prompt|tool_calls?|function_calls?|tools?)\b|/\s*"
    r"passages?)|\[(inst)\]|<<(sys)>>",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"<\|?\s*/|<\|im_end|\[/inst\]|<</sys", re.IGNORECASE)


@lru_cache(maxsize=256)
def inert_spans(text: str) -> tuple[Span, ...]:
    """The stretches `text[start:end]` that instruct a machine, in order, none overlapping.

    One begins with the sentence that gives it away and ends with its paragraph or its table row;
    after a colon it takes the next paragraph along, and what a fake tag opens goes to its end.
    """
    if not _may_instruct(_read(text)):
        return ()
    spans: list[Span] = []
    inside_tag = carried = False
    for start, end, is_row in paragraphs(text):
        begins = start if carried or inside_tag else None
        carried = False
        for piece in _PIECE.finditer(text, start, end):
            said = _read(piece.group())
            if begins is None and _may_instruct(said) and any(m.search(said) for m in _MARKS):
                begins = piece.start()
            inside_tag = _tag_open(said, inside_tag)
        if begins is not None and _LETTER.search(_TAG.sub("", text[begins:end])):
            spans.append((begins, end))
            carried = not is_row and text[begins:end].rstrip(" \t\"'`*_").endswith(":")
    return tuple(spans)


def without_inert(text: str) -> str:
    """The text with each stretch that instructs a machine replaced by `[…]`."""
    parts, at = [], 0
    for start, end in inert_spans(text):
        parts += [text[at:start], HIDDEN]
        at = end
    return "".join([*parts, text[at:]])


def _tag_open(said: str, before: bool) -> bool:
    """Whether a fake tag is open after these words; a closed passage opens the attacker's part."""
    opened, closed = _OPENING.search(said), list(_CLOSING.finditer(said))
    if opened:
        ends_passage = bool(opened[1] and opened[1].startswith("/"))
        return ends_passage or not (closed and closed[-1].start() > opened.start())
    return before and not closed


def _may_instruct(text: str) -> bool:
    lowered = text.lower()
    return any(hint in lowered for hint in _HINTS) or _ENCODED.search(text) is not None


def _read(text: str) -> str:
    """The text as a reader sees it: no invisible characters, no letters that look like others."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", visible(text)).translate(_LOOKALIKES).replace("’", "'")
