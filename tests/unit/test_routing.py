"""Kind words cost nothing, summaries look broadly, and everything else is a question."""

from __future__ import annotations

import pytest

from nexus.answering.routing import reply, route_of


@pytest.mark.parametrize(
    ("message", "route"),
    [
        ("Hello", "greeting"),
        ("Hi there!", "greeting"),
        ("good morning, team", "greeting"),
        ("Halo kak", "greeting"),
        ("Selamat pagi semuanya!", "greeting"),
        ("Thanks a lot!", "thanks"),
        ("Thank you so much for your help.", "thanks"),
        ("Terima kasih banyak, pak", "thanks"),
        ("Okay, thank you!", "thanks"),
        ("Oke, makasih ya", "thanks"),
        ("Okay, and the price?", "question"),
        ("Summarize the library rules", "summary"),
        ("Can you give me an overview of the scholarship guide?", "summary"),
        ("Tolong ringkaskan peraturan akademik", "summary"),
        ("Hello, when does the library open?", "question"),
        ("Thanks, and what about Saturday?", "question"),
        ("Selamat pagi, berapa biaya kuliah?", "question"),
        ("Where is the summary of fees kept?", "question"),
        ("What is the evening lecture schedule?", "question"),
        ("Morning classes?", "question"),
        ("", "question"),
    ],
)
def test_messages_go_where_they_want_to(message: str, route: str) -> None:
    assert route_of(message) == route


def test_kind_words_are_answered_in_their_language() -> None:
    assert reply("greeting", "Selamat pagi").startswith("Halo")
    assert reply("greeting", "Good morning").startswith("Hello")
    assert reply("thanks", "Makasih ya") == "Sama-sama."
