"""How a speaker sounds, what that does to an answer, and what of an answer is read aloud."""

from __future__ import annotations

import pytest

from nexus.errors import UpstreamUnavailable
from nexus.speech.manner import manner_for
from nexus.speech.reading_aloud import MOST_CHARS, read_aloud
from nexus.speech.tone import LABELS, Tone, tone_by_rule, tone_of
from tests.fakes import FakeChat


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("When does the library open on Saturday?", "neutral"),
        ("This is ridiculous, I am furious! Why is my card blocked?", "angry"),
        ("I am really worried about the deadline, what happens if I miss it?", "worried"),
        ("I feel so sad and lonely here, who can I talk to?", "sad"),
        ("Thanks, that is wonderful! And when does it close?", "happy"),
        ("Saya sangat kecewa dan marah, mengapa kartu saya diblokir?", "angry"),
        ("Saya khawatir sekali, kapan batas waktunya?", "worried"),
        ("I am not worried, I just want to know the fee.", "neutral"),
    ],
)
def test_words_tell_the_tone(said, label):
    tone = tone_by_rule(said, 5.0, None)
    assert tone.label == label
    assert tone.told_by == "rule"
    assert 0 <= tone.score <= 1


def test_the_more_words_tell_it_the_surer_it_is():
    one = tone_by_rule("I am angry about the fee.", 4.0, None)
    more = tone_by_rule("I am angry, this is unacceptable and ridiculous!", 4.0, None)
    assert one.label == more.label == "angry"
    assert one.score < more.score


def test_a_model_tells_the_tone_and_the_rule_does_where_it_fails():
    asked = "When is the exam?"
    model = FakeChat('```json\n{"label": "worried", "score": 0.8}\n```')
    assert tone_of(asked, 2.0, None, model) == Tone("worried", 0.8, "model")
    for written in ('{"label": "furious", "score": 1}', "no JSON", '{"label": "sad", "score": 7}'):
        assert tone_of(asked, 2.0, None, FakeChat(written)).told_by == "rule"
    broken = FakeChat(UpstreamUnavailable("models", "down"))
    assert tone_of(asked, 2.0, None, broken).told_by == "rule"


def test_an_unsure_tone_changes_nothing():
    for label in LABELS:
        manner = manner_for(Tone(label, 0.3, "rule"), "en")
        assert (manner.before, manner.speed) == ("", 1.0)


def test_citations_and_markdown_are_not_read_aloud():
    answer = "## Hours\n- It opens at **8:00** [1], and closes at 17:00 [2.3].\n- See [the page](https://x.org/a)."
    spoken, whole = read_aloud(answer)
    assert spoken == "Hours\nIt opens at 8:00, and closes at 17:00.\nSee the page."
    assert whole


def test_a_long_answer_is_read_to_the_end_of_a_sentence():
    spoken, whole = read_aloud("The fee is nine million rupiah. " * 200)
    assert not whole
    assert len(spoken) <= MOST_CHARS
    assert spoken.endswith("rupiah.")
