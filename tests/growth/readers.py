"""Every function that reads outside text as a whole, as a function of one text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from cli.local.models.candidates import candidates
from cli.local.models.prompt_reader import AnswerPrompt, QuotedPassage, read_prompt
from cli.local.models.sentences import split_units
from cli.local.models.words import content_stems as local_stems
from nexus.adapters.openai import told
from nexus.answering.answer_text import limit_words, pieces_of
from nexus.answering.cache_control import cache_policy
from nexus.answering.citations import citations_in, renumber, single_markers
from nexus.answering.claims import read_claim, read_question
from nexus.answering.courtesies import courtesy_of
from nexus.answering.evidence import evidence_of, locate
from nexus.answering.followups import carried, is_follow_up, own_stems
from nexus.answering.grounding import ground
from nexus.answering.notations import canonical
from nexus.answering.numbered import sentences
from nexus.answering.prompts import answer_messages, repair_messages
from nexus.answering.refusals import refusal
from nexus.answering.reply import read_reply
from nexus.answering.rewriting import is_sound, read_rewrite
from nexus.answering.routing import reply, route_of
from nexus.answering.verdicts import judge
from nexus.answering.verifying import read_verdicts
from nexus.errors import DocumentRejected
from nexus.ingestion.chunking import chunk
from nexus.ingestion.parsing import parse
from nexus.ingestion.parsing.cell_kinds import kind_of, numbered
from nexus.ingestion.parsing.clock_formats import shown_clock
from nexus.ingestion.parsing.number_formats import shown as shown_number
from nexus.ingestion.parsing.tables import render
from nexus.models import LocatedText, Locator, ParsedDocument, Passage
from nexus.object_keys import decode_metadata
from nexus.retrieval.answer_kinds import asked_kind, offers
from nexus.retrieval.answerability import features_of
from nexus.retrieval.apart import passage_tongue, shared_words
from nexus.text.facts import folded, stated, units
from nexus.text.inert import inert_spans, without_inert
from nexus.text.language import language_of
from nexus.text.numerals import number, spelled
from nexus.text.orders import order_in
from nexus.text.proper_names import names
from nexus.text.quantities import plain, quantities
from nexus.text.query_words import query_words
from nexus.text.sanitising import sanitise, visible, without_markup
from nexus.text.search_terms import indexed_form, indexed_forms
from nexus.text.segments import sealed, words_of
from nexus.text.sentences import sentence_spans
from nexus.text.stems import content_stems, language_of_words, negated
from nexus.text.titles import shown
from nexus.text.tongues import tongue_of, tongue_of_words

Reader = Callable[[str], object]

_TEXT = "The fine for an overdue book is IDR 1,000 per book per day, says library@campus.ac.id."


def passage(text: str, title: str = "Library Rules") -> Passage:
    """A passage with this text."""
    place = Locator(heading=("Fines",))
    return Passage("c", "d", title, "s3://d/rules.md", "1", place, text, 0.9)


def _parsed(name: str) -> Reader:
    def read(text: str) -> object:
        content = text.encode(errors="replace")
        try:
            return parse(content, name, "", max_bytes=10**9, max_unpacked_bytes=10**9)
        except DocumentRejected:  # a sentence that tells what to do is an answer, too
            return None

    return read


def _chunked(text: str) -> object:
    storable = LocatedText(text.encode(errors="replace").decode())  # as every parser gives it
    return chunk(ParsedDocument((storable,)), "d", embedding_model="m")


# What sees a question, a title, a model's text or a passage.
OF_TEXT: Mapping[str, Reader] = {
    "sanitising.sanitise": lambda text: sanitise(text, [_TEXT]),
    "sanitising.without_markup": without_markup,
    "sanitising.visible": visible,
    "inert.inert_spans": inert_spans,
    "inert.without_inert": without_inert,
    "titles.shown": shown,
    "refusals.refusal, of the question": lambda text: refusal(text, [passage(_TEXT)]),
    "refusals.refusal, of the title": lambda text: refusal("Why?", [passage(_TEXT, text)]),
    "facts.stated": lambda text: stated(folded(text)),
    "facts.units": units,
    "numerals.number": number,
    "numerals.number, in millions": lambda text: number(text, "million"),
    "numerals.spelled": spelled,
    "proper_names.names": names,
    "proper_names.names, in a label": lambda text: names(text, label=True),
    "evidence.sentence_spans": lambda text: list(sentence_spans(text)),
    "evidence.evidence_of": lambda text: evidence_of(passage(text)),
    "evidence.evidence_of, of the title": lambda text: evidence_of(passage(_TEXT, text)),
    "evidence.locate, in a text": lambda text: locate("overdue book", text),
    "evidence.locate, of words": lambda text: locate(text, _TEXT),
    "claims.read_question": read_question,
    "claims.read_claim": lambda text: read_claim(text, label=False, has_label=True),
    "answer_text.pieces_of": pieces_of,
    "answer_text.limit_words": lambda text: limit_words(text, "concise"),
    "citations.single_markers": single_markers,
    "citations.renumber": lambda text: renumber(text, {1: 2}),
    "citations.citations_in": citations_in,
    "notations.canonical": canonical,
    "numbered.sentences": lambda text: sentences(passage(text)),
    "reply.read_reply": read_reply,
    "reply.read_reply, cut": lambda text: read_reply(text, "length"),
    "reply.read_reply, cut within JSON": lambda text: read_reply(f'{{"answer": "{text}', "length"),
    "reply.read_reply, with its sources": lambda text: read_reply(f"A. [1]\n\nSources:\n{text}"),
    "told.kind_of": lambda text: told.kind_of(400, told.words_of({"error": {"message": text}})),
    "grounding.ground, of a model's text": lambda text: ground(text, [passage(_TEXT)], "Why?"),
    "grounding.ground, of a question": lambda text: ground(_TEXT, [passage(_TEXT)], text),
    "grounding.ground, of a passage": lambda text: ground(_TEXT, [passage(text)], "Why?"),
    "verdicts.judge, of a sentence": lambda text: judge(text, (), [passage(_TEXT)], "Why?"),
    "verdicts.judge, of a passage": lambda text: judge(_TEXT, (), [passage(text)], "Why?"),
    "verdicts.judge, of a question": lambda text: judge(_TEXT, (), [passage(_TEXT)], text),
    "quantities.quantities": lambda text: quantities(plain(text)),
    "orders.order_in": lambda text: order_in(text, text),
    "verifying.read_verdicts": lambda text: read_verdicts(text, 3),
    "prompts.answer_messages": lambda text: answer_messages(text, [passage(text, text)]),
    "prompts.repair_messages": lambda text: repair_messages("Why?", [], text, [text]),
    "routing.route_of": route_of,
    "routing.reply": lambda text: reply("greeting", text),
    "followups.is_follow_up": is_follow_up,
    "followups.own_stems": own_stems,
    "followups.carried, of a question": lambda text: carried(text, _TEXT),
    "followups.carried, of a topic": lambda text: carried("And for one?", text),
    "rewriting.read_rewrite": read_rewrite,
    "rewriting.is_sound, of a rewrite": lambda text: is_sound(text, text, []),
    "rewriting.is_sound, of a talk": lambda text: is_sound("Why is that?", text, [(text, text)]),
    "language.language_of": language_of,
    "tongues.tongue_of": tongue_of,
    "tongues.tongue_of_words": lambda text: tongue_of_words(words_of(text)),
    "apart.passage_tongue": lambda text: passage_tongue(text, text),
    "apart.shared_words": lambda text: shared_words(text, "", []),
    "search_terms.indexed_forms": lambda text: indexed_forms(text, text),
    "search_terms.indexed_form, of Indonesian": lambda text: indexed_form(text, "id"),
    "search_terms.indexed_form, of German": lambda text: indexed_form(text, "de"),
    "segments.words_of": words_of,
    "segments.sealed": sealed,
    "courtesies.courtesy_of": courtesy_of,
    "stems.content_stems": lambda text: content_stems(words_of(text)),
    "stems.negated": lambda text: negated(words_of(text)),
    "stems.language_of_words": lambda text: language_of_words(words_of(text)),
    "answer_kinds.asked_kind": asked_kind,
    "answer_kinds.offers, a number": lambda text: offers("number", text, frozenset()),
    "answer_kinds.offers, a person": lambda text: offers("person", text, frozenset()),
    "answer_kinds.offers, a place": lambda text: offers("place", text, frozenset()),
    "answer_kinds.offers, a duration": lambda text: offers("duration", text, frozenset()),
    "answerability.features_of, of a question": lambda text: features_of(
        text, [("Rules", _TEXT, None)], [1.0], [0.5], 0.5
    ),
    "answerability.features_of, of a passage": lambda text: features_of(
        "Why?", [(text, text, None)], [1.0], [0.5], 0.5
    ),
    "cell_kinds.kind_of": kind_of,
    "cell_kinds.numbered": lambda text: numbered([text, text]),
    "number_formats.shown": lambda text: shown_number(1234.5, text),
    "clock_formats.shown_clock": lambda text: shown_clock(1234.5, text),
    "tables.render, of a cell": lambda text: render([["Name", "Text"], ["Law", text]]),
    "tables.render, of names": lambda text: render([["Name", text], ["Law", "9"]]),
    "query_words.query_words": query_words,
    "cache_control.cache_policy": cache_policy,
    "object_keys.decode_metadata": lambda text: decode_metadata(
        {"title": text, "tags": text, "date": text}
    ),
    "local: read_prompt": read_prompt,
    "local: read_prompt, made of it": lambda text: read_prompt(
        answer_messages(text, [passage(text, text)])[1].content
    ),
    "local: split_units": split_units,
    "local: candidates": lambda text: candidates(
        AnswerPrompt(text, (QuotedPassage(1, text, text, text),), ())
    ),
    "local: words": local_stems,
}

# What sees a whole document.
OF_DOCUMENTS: Mapping[str, Reader] = {
    "parsing, of plain text": _parsed("a.txt"),
    "parsing, of Markdown": _parsed("a.md"),
    "parsing, of HTML": _parsed("a.html"),
    "parsing, of a table": _parsed("a.csv"),
    "parsing, of JSON": _parsed("a.json"),
    "parsing, of a field of JSON": lambda text: _parsed("a.json")(json.dumps([{"a": text}])),
    "parsing, of XML": _parsed("a.xml"),
    "parsing, of an element of XML": lambda text: _parsed("a.xml")(f"<a><b>{text}</b><b/></a>"),
    "parsing, of a mail": _parsed("a.eml"),
    "parsing, of a mail's field": lambda text: _parsed("a.eml")(f"Subject: {text}\n\nBody."),
    "parsing, of a mail's text": lambda text: _parsed("a.eml")(f"Subject: a\n\n{text}"),
    "parsing, of RTF": lambda text: _parsed("a.rtf")(f"{{\\rtf1 {text}}}"),
    "chunking.chunk": _chunked,
}
