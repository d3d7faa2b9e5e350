"""A text is only searched for addresses where a sign of one stands, and none is missed for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nexus.text.facts import HAS_SIGN_OF_ADDRESS, URL, urls
from nexus.text.sanitising import sanitise

PIECES = (
    *("http://", "www.", "mailto:", "tel:", "javascript:", "@", ".", ":", "/", " ", "\n", "<"),
    *("a", "7", "-", "_", "co", "com", "id", "example", "ſ", "İ", "é", "x.com", "a@b.c", "K"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=40)


@given(TEXTS)
def test_whatever_holds_an_address_holds_a_sign_of_one(text: str) -> None:
    assert HAS_SIGN_OF_ADDRESS.search(text) or not URL.search(text)


def test_every_kind_of_address_is_found_and_taken_out_of_an_answer() -> None:
    for address in ("https://a.example/x", "www.1-a", "tel:123", "mailto:x", "a@b.co", "evil.com"):
        assert urls(f"See {address} now") == [address]
        assert sanitise(f"See {address} now") == "See now"
        assert sanitise(f"See {address} now", [address]) == f"See {address} now"
