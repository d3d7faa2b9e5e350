"""What ingestion gave up: each with its reason, none lost by looking or by sending it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from nexus.errors import NotFound, UpstreamUnavailable
from nexus.generations.lifecycle import PerGeneration
from nexus.ingestion.messages import PartTask, part_message, reconcile_message
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.models import DocumentRecord, Generation
from nexus.object_keys import object_key
from nexus.operations.dead_letter_reasons import LONGEST_ATTEMPT_S, DeadLetter, Explainer
from nexus.operations.dead_letters import DeadLetters
from nexus.ports import Catalogue
from nexus.settings import Settings
from tests import assembled
from tests.fakes import (
    FakeCatalogue,
    FakeClock,
    FakeDeadLetters,
    FakeDocuments,
    FakeEmbedder,
    FakeGenerations,
    FakeIndex,
    FakeQueue,
)

CONFIG = Settings(embedding_dimension=256, removal_grace_s=0)


class Office:
    """A bucket, an indexer whose upstreams can fail, and the letters that it gave up."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.documents, self.catalogue = FakeDocuments(), FakeCatalogue(self.clock)
        self.embedder, self.index = FakeEmbedder(), FakeIndex()
        self.indexer = assembled.indexer(
            self.documents, self.catalogue, self.index, self.embedder, CONFIG, now=self.clock
        )
        self.queue, self.dead = FakeQueue(), FakeDeadLetters(batch=3)
        self.generations = FakeGenerations()

        def catalogue(generation: Generation) -> Catalogue:
            assert generation == CONFIG.generation
            return self.catalogue

        explainer = Explainer(
            PerGeneration(self.generations, CONFIG.generation, catalogue),
            self.documents,
            ThreadPoolExecutor(2),
            self.clock,
        )
        self.letters = DeadLetters(self.dead, self.queue, explainer)

    def upload(self, path: str, text: str = "Some words.") -> str:
        """Uploads a document whose message ends here; returns the letter's id."""
        self.documents.put("acme", path, text.encode())
        return self.dead.arrive(reconcile_message(object_key("acme", path)))

    def attempt(self, path: str) -> None:
        self.indexer.reconcile(object_key("acme", path))

    def fail(self, path: str, detail: str) -> None:
        """An attempt that the models' endpoint ends."""
        self.embedder.failure = UpstreamUnavailable("models", detail)
        with pytest.raises(UpstreamUnavailable):
            self.attempt(path)
        self.embedder.failure = None

    def break_off(self, path: str) -> None:
        """An attempt that is killed as it embeds."""

        class Killed(BaseException):
            pass

        def killed(_texts: Sequence[str]) -> None:
            raise Killed

        self.embedder.embed = killed  # type: ignore[assignment, method-assign]
        with pytest.raises(Killed):
            self.attempt(path)
        del self.embedder.embed

    def only_record(self) -> DocumentRecord:
        [record] = self.catalogue.records.values()
        return record

    def only(self) -> DeadLetter:
        [letter] = self.letters.read(10).letters
        return letter


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_passing_failure_is_told_in_the_words_that_ingestion_wrote(office: Office) -> None:
    message_id = office.upload("guides/fees.md")
    office.fail("guides/fees.md", "The models' endpoint is busy.")
    letter = office.only()
    assert (letter.reason, letter.obsolete) == ("The models' endpoint is busy.", False)
    assert (letter.message_id, letter.tries, letter.status) == (message_id, 5, "pending")
    assert (letter.key, letter.tenant) == ("documents/acme/guides/fees.md", "acme")
    assert (letter.path, len(letter.document_id)) == ("guides/fees.md", 24)
    assert letter.sent_at == "2026-11-20T05:30:30Z"


def test_an_attempt_that_was_killed_is_told_apart_from_one_under_way(office: Office) -> None:
    office.upload("fees.md")
    office.break_off("fees.md")
    assert "under way" in office.only().reason
    office.clock.advance(LONGEST_ATTEMPT_S)
    assert "ran out of time or memory" in office.only().reason
    assert not office.only().obsolete


def test_a_document_that_no_attempt_reached_is_told_so(office: Office) -> None:
    office.upload("fees.md")
    assert "No attempt at the document began" in office.only().reason
    office.attempt("fees.md")
    office.documents.put("acme", "fees.md", b"Other words.")
    letter = office.only()
    assert "has changed since it was last indexed" in letter.reason
    assert not letter.obsolete


def test_a_letter_whose_document_was_indexed_meanwhile_is_obsolete(office: Office) -> None:
    office.upload("fees.md")
    office.attempt("fees.md")
    letter = office.only()
    assert letter.obsolete
    assert "indexed meanwhile" in letter.reason


def test_a_letter_whose_document_can_never_be_read_is_obsolete_with_the_reason(
    office: Office,
) -> None:
    office.upload("empty.md", "")
    office.attempt("empty.md")
    letter = office.only()
    assert letter.obsolete
    assert "cannot be indexed as it is: The " in letter.reason


def test_a_letter_whose_object_is_gone_is_obsolete_once_nothing_of_it_is_left(
    office: Office,
) -> None:
    office.upload("fees.md")
    office.attempt("fees.md")
    office.documents.drop("acme", "fees.md")
    letter = office.only()
    assert not letter.obsolete
    assert "may still be indexed" in letter.reason
    office.attempt("fees.md")
    letter = office.only()
    assert letter.obsolete
    assert "The object is gone" in letter.reason


@pytest.mark.parametrize(
    ("body", "words", "obsolete"),
    [
        ("not json", "no message about documents", False),
        ('{"Records": [{}]}', "no message about documents", False),
        ('{"Service": "Amazon S3", "Event": "s3:TestEvent"}', "names no document", True),
        (reconcile_message("documents/"), "key names no document", True),
    ],
)
def test_a_message_about_no_document_is_told_so(
    office: Office, body: str, words: str, obsolete: bool
) -> None:
    office.dead.arrive(body)
    letter = office.only()
    assert words in letter.reason
    assert (letter.obsolete, letter.body) == (obsolete, body)


def test_a_message_for_a_generation_that_was_dropped_is_obsolete(office: Office) -> None:
    key = object_key("acme", "fees.md")
    office.documents.put("acme", "fees.md", b"Fees.")
    office.dead.arrive(reconcile_message(key, CONFIG.generation.generation_id))
    assert office.only().generation == CONFIG.generation.generation_id
    assert not office.only().obsolete
    office.dead.letters.clear()
    office.dead.arrive(reconcile_message(key, "0dead0"))
    assert "was dropped" in office.only().reason
    assert office.only().obsolete


def test_what_was_to_be_indexed_afresh_is_done_only_once_an_attempt_began_since(
    office: Office,
) -> None:
    office.documents.put("acme", "fees.md", b"Fees.")
    office.attempt("fees.md")
    sent_at = "2026-11-20T05:30:30Z"
    office.dead.arrive(reconcile_message(object_key("acme", "fees.md"), afresh=True), sent_at)
    assert not office.only().obsolete
    office.clock.advance(2 * 365 * 86_400)
    office.indexer.reconcile(object_key("acme", "fees.md"), afresh=True)
    assert office.only().obsolete


def test_a_part_is_told_with_its_number_until_its_attempt_is_over(office: Office) -> None:
    state = office.documents.put("acme", "long.csv", b"a,b")
    office.break_off("long.csv")
    record = office.only_record()
    task = PartTask(
        generation_id=CONFIG.generation.generation_id,
        state=state,
        revision=record.revision,
        sequencer="",
        outline=Outline("delimited", 3),
        part=Part(2, 0, 3),
        parts=12,
    )
    office.dead.arrive(part_message(task))
    office.clock.advance(LONGEST_ATTEMPT_S)
    assert office.only().reason.startswith("Part 3 of 12: The last attempt broke off")
    assert not office.only().obsolete
    office.attempt("long.csv")
    assert "an attempt that has ended" in office.only().reason
    assert office.only().obsolete


def test_a_message_about_several_objects_tells_of_the_one_that_needs_work(office: Office) -> None:
    keys = [object_key("acme", path) for path in ("done.md", "open.md")]
    for path in ("done.md", "open.md"):
        office.documents.put("acme", path, b"Words.")
    office.attempt("done.md")
    records = [{"eventSource": "nexus:reindex", "s3": {"object": {"key": key}}} for key in keys]
    office.dead.arrive(json.dumps({"Records": records}))
    assert office.only().path == "open.md"


def test_looking_leaves_every_letter_where_it_is_and_says_when_there_are_more(
    office: Office,
) -> None:
    for number in range(8):
        office.dead.arrive(
            reconcile_message(object_key("acme", f"{number}.md")),
            f"2026-11-2{9 - number}T00:00:00Z",
        )
    listing = office.letters.read(8)
    assert [letter.path for letter in listing.letters] == [f"{n}.md" for n in range(7, -1, -1)]
    assert not listing.more
    few = office.letters.read(5)
    assert (len(few.letters), few.more) == (5, True)
    assert not office.dead.hidden
    assert office.letters.count() == 8


def test_looking_gives_back_even_when_the_queue_fails_half_way(office: Office) -> None:
    for number in range(5):
        office.upload(f"{number}.md")
    taken = office.dead.take

    def once(hold_s: int):
        if office.dead.hidden:
            raise UpstreamUnavailable("queue", "Busy.")
        return taken(hold_s)

    office.dead.take = once  # type: ignore[method-assign]
    with pytest.raises(UpstreamUnavailable):
        office.letters.read(5)
    assert not office.dead.hidden


def test_one_letter_is_found_by_its_id(office: Office) -> None:
    for number in range(7):
        office.upload(f"{number}.md")
    assert office.letters.read(1, "m6").letters[0].path == "5.md"
    assert not office.dead.hidden
    with pytest.raises(NotFound, match="m9"):
        office.letters.read(1, "m9")


def test_redriving_sends_the_very_message_and_takes_the_letter_out(office: Office) -> None:
    bodies = [reconcile_message(object_key("acme", f"{number}.md")) for number in range(7)]
    for body in bodies:
        office.dead.arrive(body)
    steps: list[int] = []
    done = office.letters.redrive(None, steps.append)
    assert office.queue.bodies == bodies
    assert office.letters.count() == 0
    assert steps == [3, 3, 1]
    assert len(done.letters) == 7


def test_only_the_chosen_letters_are_sent_and_unknown_ones_are_told(office: Office) -> None:
    for number in range(5):
        office.upload(f"{number}.md")
    office.attempt("4.md")
    done = office.letters.redrive(["m2", "m5", "m9"])
    assert [(letter.path, letter.obsolete) for letter in done.letters] == [
        ("1.md", False),
        ("4.md", True),
    ]
    assert done.unknown == ("m9",)
    assert sorted(office.dead.letters) == ["m1", "m3", "m4"]
    assert not office.dead.hidden


def test_a_letter_that_the_queue_does_not_take_stays_a_letter(office: Office) -> None:
    office.upload("fees.md")
    office.queue.failure = UpstreamUnavailable("queue", "Busy.")
    with pytest.raises(UpstreamUnavailable):
        office.letters.redrive(None)
    assert office.letters.count() == 1
    assert not office.dead.hidden
