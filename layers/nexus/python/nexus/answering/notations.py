"""Makes canonical markers of every notation by which models cite, such as 【1†source】."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from nexus.answering.citations import ANY_MARKER, Citation
from nexus.text.numerals import NUMBER_WORDS

# No prompt shows more passages; what counts higher is no passage's number.
MOST_PASSAGES = 99
# The passages that one range may name: `[1-90]` cites nothing.
_LONGEST_RANGE = 20

_LABELS = (
    r"passages?|pass\.?|docs?\.?|documents?|sources?|src|refs?\.?|references?|cit(?:e|es|ed|ations?)|"
    r"footnotes?|fn|context|chunks?|quellen?|dokumente?|abschnitt|textstelle|sumber|dokumen|bagian|"
    r"kutipan|bacaan|fuentes?|pasajes?|documentos?|fontes?|passagens?|trechos?|fonti|bron(?:nen)?|"
    r"kaynak|источник|документ|المصدر|مصدر|स्रोत|来源|來源|出处|出典|资料|資料|文档|文書|段落|출처|문서"
)
_LABEL = re.compile(
    rf"(?:(?:see|cf\.?|per|from|siehe|vgl\.?|lihat|voir|ver)\s{{1,3}})?(?<![^\W\d_])(?:{_LABELS})"
    r"(?![^\W\d_])\s{0,3}(?:(?:no|nr|number|id)\.?\s{0,2})?[:=#№-]?\s{0,3}",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"[\s,;]{0,3}(?:\b(?:sentences?|sent\.?|s\.|sätze|satz|kalimat|lines?)|[句行])\s{0,3}(?=\d)",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s{0,3}(?:[-–—‐‑−~〜]|\bto\b)\s{0,3}(?=\d)")
_AND = re.compile(r"\b(?:and|und|dan|et|y|e|en|och|ve|и|و)\b|[和及与と]", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;/&+|、]+")
_ITEM = re.compile(r"(\d{1,2})(?:[.:](\d{1,3}))?(?:-(?:(\d{1,2})[.:])?(\d{1,3}))?")
# "(Source: Library Rules)": the model's own words for what a marker says.
_OWN_WORDS = re.compile(
    r"\s{0,3}(?:sources?|quellen?|sumber|fuentes?|fontes?|refs?|references?|来源|來源|出典|출처)\s{0,3}[:：]",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"[\"'*_\\^@#\[\]【】]")

_OPEN, _CLOSE = r"\[［【〔〖⟦", r"\]］】〕〗⟧"
_SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_NOTATION = re.compile(
    r"(?P<code>`[^`\n]{1,200}`)"
    "|(?P<private>\ue200[^\ue200\ue201\n]{0,200}\ue201)"
    r"|<(?P<tag>sup|cite|ref|citation|source)\b[^<>\n]{0,80}>(?P<tagged>[^<>\n]{0,80})</(?P=tag)>"
    r"|<(?:ref|cite|citation|source)\b(?P<attribute>[^<>\n]{1,80})/>"
    r"|<(?P<angled>\d{1,2}\.\d{1,3}(?:-\d{1,3})?)>"
    rf"|\^?\\?[{_OPEN}]{{1,2}}(?P<square>[^{_OPEN}{_CLOSE}()（）\n]{{1,80}}?)\\?[{_CLOSE}]{{1,2}}"
    r"(?:\((?P<link>[^()\n]{0,200})\))?"
    r"|[(（](?P<round>[^()（）\[\]【】\n]{1,80})[)）]"
    rf"|(?P<raised>[{_SUPERSCRIPT}]{{1,3}}(?:[,˒⁻·][{_SUPERSCRIPT}]{{1,3}}){{0,5}})"
    r"|\\cite\{(?P<latex>[^{}\n]{1,40})\}"
    r"|\$?\^\{(?P<power>[\d, .-]{1,12})\}\$?|\^(?P<carets>\d{1,2})\^"
    r"|(?P<circled>[①-⑳])"
)
# What follows a marker that closes something: a stop, a cell's border, another marker, the end.
_CLOSING = re.compile(r"[*_]{0,3}\s{0,3}(?:[.,;:!?…。．，、；：！？|\[【［(（]|\n|\Z|<br)")
# "Section 5 (2)", "ayat (2)": a place in a law, and no passage.
_LEGAL = re.compile(
    r"(?:\b(?:ayat|pasal|angka|huruf|sections?|sec|articles?|art|paragraphs?|para|clauses?|rules?|"
    r"items?|steps?|points?|options?|langkah|butir|absatz|abs|satz|nummer|nr|form|table|figure|"
    r"tabel|gambar|level|phase|tier)\.?|§)(?:\s{1,2}\d{1,4}[a-z]?)?\s{0,2}\Z",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,40})\s?\Z")
_SPAN = re.compile(r"\[(\d{1,2})(?:\.(\d{1,3}))?\]\s?[-–—]\s?\[(\d{1,2})(?:\.(\d{1,3}))?\]")
# "[S1]", as some prompts number their sources.
_LETTERED = re.compile(r"\s{0,2}[SPDspd](\d{1,2})\s{0,2}")
_MARKER = re.compile(ANY_MARKER)
_SEVERAL = rf"{ANY_MARKER}(?:[\s,;&]{{0,3}}(?:and\s)?{ANY_MARKER}){{0,9}}"
# "([1], [2])", "(see [1])" and "**[1]**": what stands around markers alone; and between them.
_AROUND = re.compile(
    rf"[(（]\s?(?:(?:see|cf\.?|siehe|vgl\.?|lihat)\s)?(?P<in>{_SEVERAL})\s?[)）]"
    rf"|(?P<mark>[*_]{{1,3}})(?P<bold>{_SEVERAL})(?P=mark)|(?P<row>{_SEVERAL})",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s{0,3}\d{1,2}\s?[-–—]\s?(\d{1,3})\s{0,3}")
_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,3})?")
_FENCE = re.compile(r"\s{0,8}(`{3,}|~{3,})")


def canonical(text: str, passages: int = MOST_PASSAGES) -> str:
    """The text with every citation as `[2]`, `[2.3]` or `[2.3-4]`, and code as it was.

    Citations beyond the number of `passages` are dropped. Numbers of lists, years, `[sic]` and
    places in laws stay. Never raises.
    """
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        opened = _FENCE.match(line)
        if fence:
            fence = "" if line.strip().startswith(fence) else fence
        elif opened:
            fence = opened[1]
        code = bool(fence or opened)
        lines.append(
            line if code else _AROUND.sub(_bare, _SPAN.sub(_joined, _line(line, passages)))
        )
    return "\n".join(lines)


def _line(line: str, passages: int) -> str:
    made: list[str] = []
    end = 0
    found = [(one, _read(one, line, passages)) for one in _NOTATION.finditer(line)]
    cites = any(new and new.startswith("[") for one, new in found if one["square"])
    for one, new in found:
        if new is None or (cites and _is_decimal(one)):
            continue
        before = line[end : one.start()]
        made.append(before)
        last = before[-1:] or (made[-2][-1:] if len(made) > 1 else "")
        if new and _needs_blank(last):
            made.append(" ")
        elif not new and last == " " and line[one.end() : one.end() + 1] in ("", " ", *".,;:!?"):
            made[-1] = before[:-1]
        made.append(new)
        end = one.end()
    made.append(line[end:])
    return "".join(made)


def _needs_blank(last: str) -> bool:
    """Whether a marker would hang on a word; scripts without blanks between words need none."""
    return bool(last) and last.isalnum() and unicodedata.east_asian_width(last) not in "WF"


def _is_decimal(one: re.Match[str]) -> bool:
    """Whether it is a `(2.5)`, which is a number where the text cites in another way."""
    return bool(one["round"]) and "." in one["round"] and one["round"].strip()[:1].isdigit()


def _read(one: re.Match[str], line: str, passages: int) -> str | None:
    """The canonical markers of a notation, "" for one to drop, None for what is none."""
    if one["private"]:
        return ""
    if one["square"] is not None:
        return _square(one, passages)
    if one["round"] is not None:
        return _round(one, line, passages)
    if one["circled"]:
        return _cited(one["circled"], passages) if _closes(one, line) else None
    if raised := one["raised"] or one["power"] or one["carets"]:
        return None if _is_power(line[: one.start()]) else _raised(raised, passages)
    return _within(one, line, passages)


def _within(one: re.Match[str], line: str, passages: int) -> str | None:
    """Of what stands in code marks, tags or a command."""
    if one["code"]:
        inner = _NOTATION.fullmatch(one["code"][1:-1])
        cites = inner is not None and inner["square"] and _cited(inner["square"], passages)
        return cites or None
    if one["tag"] == "sup":
        return None if _is_power(line[: one.start()]) else _raised(one["tagged"], passages)
    if one["tag"]:
        return _cited(one["tagged"], passages) or ""
    if one["attribute"]:
        return _cited(" ".join(_NUMBER.findall(one["attribute"])), passages)
    return _cited(one["angled"] or one["latex"], passages)


def _square(one: re.Match[str], passages: int) -> str | None:
    inner, link = one["square"], one["link"]
    lettered = _LETTERED.fullmatch(inner)
    cites = _cited(lettered[1] if lettered else inner, passages)
    if cites is None:
        return "" if _OWN_WORDS.match(inner) and link is None else None
    # "[1](2)" is two markers, "[1](#p1)" one with a link.
    return cites + ((_cited(link, passages) or "") if link and link.strip().isdigit() else "")


def _round(one: re.Match[str], line: str, passages: int) -> str | None:
    inner = one["round"]
    if _LABEL.match(inner.strip()):
        if (cites := _cited(inner, passages)) is not None:
            return cites
        return "" if _OWN_WORDS.match(inner) else None
    values = _RANGE.fullmatch(inner)
    if values and int(values[1]) > passages:
        return None  # "(1-255)" says what a number may be
    return (_cited(inner, passages) or None) if _closes(one, line) else None


def _raised(text: str, passages: int) -> str | None:
    """Of raised digits, which also stand side by side: ¹² are two where there is no twelfth."""
    plain = unicodedata.normalize("NFKC", text.replace("⁻", "-").replace("˒", ","))
    if plain.strip().isdigit() and int(plain) > passages:
        plain = ",".join(plain.strip())
    return _cited(plain, passages)


def _is_power(before: str) -> bool:
    """Whether raised digits after this belong to a number or a unit: 10², km²."""
    if before[-1:].isdigit():
        return True
    word = _LAST_WORD.search(before[-12:]) if before[-1:].isalpha() else None
    return word is not None and len(word[1]) < 3 and word[1].isascii()


def _closes(one: re.Match[str], line: str) -> bool:
    """Whether a number in round brackets stands where a citation does, and means no other thing."""
    before = line[max(0, one.start() - 40) : one.start()]
    if not before.strip(" \t>*-+•") or before[-1:].isdigit():
        return False  # a list's number; "12(1)"
    if not _CLOSING.match(line, one.end()) or _LEGAL.search(before):
        return False
    word = _LAST_WORD.search(before)
    return word is None or word[1].lower() not in NUMBER_WORDS  # "two (2)"


def _cited(inner: str, passages: int) -> str | None:
    """The markers of what stands between brackets; "" if all lie beyond, None if it cites none."""
    if inner.isascii() and (item := _ITEM.fullmatch(inner)):  # as the prompt asks for it
        return _markers((item,), passages)
    plain = unicodedata.normalize("NFKC", inner).partition("†")
    head = plain[0].partition(":")[0] if plain[1] and plain[0].strip()[:1].isdigit() else plain[0]
    bare = _LABEL.sub(" ", _SENTENCE.sub(".", _EMPHASIS.sub("", head)))
    bare = _AND.sub(",", _DASH.sub("-", bare)).strip(" \t.,;:")
    items = [_ITEM.fullmatch(item) for item in _BETWEEN.split(bare)]
    if not bare or not all(items):
        return None
    return _markers([item for item in items if item is not None], passages)


def _markers(items: Iterable[re.Match[str]], passages: int) -> str:
    cited = dict.fromkeys(
        citation
        for item in items
        for citation in _citations(item)
        if 1 <= citation.passage <= passages
    )
    return "".join(map(str, cited))


def _citations(item: re.Match[str]) -> Iterator[Citation]:
    passage = int(item[1])
    first, other, last = (int(part) if part else None for part in item.groups()[1:])
    if first == 0:
        yield Citation(passage)
    elif first is not None:
        # "[2.3-4]", and "[2.3-2.4]"; a range from one passage into another cites both.
        if last is None:
            yield Citation(passage, first, first)
        elif other is None or other == passage:
            yield Citation(passage, first, max(first, last))
        else:
            yield Citation(passage, first, first)
            yield Citation(other, last, last)
    elif last is None:
        yield Citation(passage)
    elif passage <= last < passage + _LONGEST_RANGE:
        yield from map(Citation, range(passage, last + 1))
    else:
        yield Citation(passage)
        yield Citation(last)


def _joined(span: re.Match[str]) -> str:
    """`[1]-[3]` and `[2.3]-[2.5]` as the markers between them."""
    one, first, other, last = span.groups()
    inner = f"{one}.{first}-{other}.{last}" if first and last else f"{one}-{other}"
    return _cited(inner, MOST_PASSAGES) or span.group()


def _bare(run: re.Match[str]) -> str:
    """Markers that stand together, without what parts and surrounds them."""
    if run["row"] and not _MARKER.sub("", run["row"]).strip():
        return run.group()
    blank = " " if _needs_blank(run.string[max(0, run.start() - 1) : run.start()]) else ""
    return blank + "".join(_MARKER.findall(run.group()))
