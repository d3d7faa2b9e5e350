"""Reads every text that a view shows or says, but for what documents and people wrote."""

from __future__ import annotations

from playwright.sync_api import Page

# What a document, a person or a model wrote is in their language; what was said aloud of an answer
# stays in the language in which it was said.
THEIRS = (
    ".markdown, .question, blockquote, bdi, .conversation-title, .conversation-match, mark, "
    ".source-content table, .source-content pre, .text-viewer, .pdf-sheet, .closest-text, "
    ".source-name h2, .welcome li, option[lang], textarea, .frame-name, "
    ".thread > .unseen, .confidence-why li, .closest span"
)
_WORDS = """(theirs) => {
  const found = new Set([document.title]);
  const shown = (one) => one.checkVisibility?.({visibilityProperty: true}) ?? true;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (holder && shown(holder) && !holder.closest(theirs)) found.add(walker.currentNode.data);
  }
  for (const one of document.body.querySelectorAll('*'))
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-description'])
      if (one.hasAttribute(name) && shown(one) && !one.closest(theirs.replace('textarea, ', '')))
        found.add(one.getAttribute(name));
  return [...found];
}"""


def words_of(page: Page) -> set[str]:
    """The texts and names of a view that have a word in them, without numbers."""
    texts: list[str] = page.evaluate(_WORDS, THEIRS)
    said = {" ".join(text.split()) for text in texts}
    return {text for text in said if any(letter.isalpha() for letter in text)}
