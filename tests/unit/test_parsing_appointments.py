"""A calendar's events are read as a calendar shows them, and what is too many is told."""

from __future__ import annotations

import time

import pytest

from nexus.ingestion.parsing.appointments import appointments
from tests.unit.documents_made import lines, read


def _calendar(*events: str) -> str:
    return "BEGIN:VCALENDAR\r\n" + "".join(events) + "END:VCALENDAR\r\n"


def _event(*fields: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", *fields, "END:VEVENT", ""])


def _message(calendar: str) -> bytes:
    head = (
        "From: a@campus.example\r\nSubject: Plan\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/calendar; charset=utf-8\r\n\r\n"
    )
    return (head + calendar).encode()


def test_a_reminder_within_an_event_says_nothing_of_the_event() -> None:
    reminder = ("BEGIN:VALARM", "DESCRIPTION:Reminder", "DUE:20300101", "END:VALARM")
    found, more = appointments(
        _calendar(_event("SUMMARY:Board meeting", *reminder, "LOCATION:Room 4"))
    )
    assert found == ["Event: Board meeting\nPlace: Room 4"]
    assert more == 0


@pytest.mark.parametrize("plain", ["", "Content-Type: text/plain\r\n\r\n \r\n--x\r\n"])
def test_invitations_are_read_where_no_other_form_of_them_says_anything(plain: str) -> None:
    kind = "Content-Type: text/calendar\r\n\r\n"
    first, second = (_calendar(_event(f"SUMMARY:{name}")) for name in ("One", "Two"))
    content = (
        "From: a@campus.example\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n"
        f"{plain}{kind}{first}--x\r\n{kind}{second}--x--\r\n"
    )
    found = read(content.encode(), "a.eml")
    assert lines(found) == ["From: a@campus.example", "Event: One", "Event: Two"]


@pytest.mark.parametrize(
    "given",
    ['TZID="W. Europe Standard Time"', "TZID=W. Europe Standard Time", 'X="a;b:c";TZID=CET'],
)
def test_a_time_is_told_with_its_zone_quoted_or_not(given: str) -> None:
    found, _ = appointments(_event(f"DTSTART;{given}:20260105T100000"))
    zone = "CET" if "CET" in given else "W. Europe Standard Time"
    assert found == [f"Start: 2026-01-05 10:00 {zone}"]


def test_fields_with_many_and_long_parameters_are_read() -> None:
    found, _ = appointments(
        _event(
            f'SUMMARY;ALTREP="cid:{"a" * 900}";X-A="b","c";LANGUAGE=en:Noon: \\;all\\, of us',
            'ORGANIZER;CN="Ana; the first":mailto:a@campus.example',
            "DESCRIPTION:20260105",
        )
    )
    assert found == ["Event: Noon: ;all, of us\nOrganiser: Ana; the first\nDescription: 20260105"]


def test_an_event_that_does_not_end_is_read() -> None:
    assert appointments("BEGIN:VEVENT\nSUMMARY:One\nBEGIN:VEVENT\nSUMMARY:Two\n")[0] == [
        "Event: One",
        "Event: Two",
    ]


def test_more_than_five_hundred_events_are_read_and_those_beyond_thousands_told() -> None:
    events = [_event(f"SUMMARY:Shift {n}") for n in range(5_003)]
    found = read(_message(_calendar(*events[:1_200])), "a.eml")
    assert "Event: Shift 1199" in " ".join(lines(found))
    assert found.warnings == ()
    found = read(_message(_calendar(*events)), "a.eml")
    assert [one.what for one in found.warnings] == ["not read: 3 appointments"]


def test_parts_of_a_message_beyond_a_thousand_are_told() -> None:
    parts = "--b\r\nContent-Type: text/plain\r\n\r\nShift.\r\n" * 1_005
    head = "From: a@campus.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    found = read((head + parts + "--b--\r\n").encode(), "a.eml")
    assert [one.what for one in found.warnings] == ["not read: 6 parts of the message"]


@pytest.mark.parametrize(
    "text",
    [
        "BEGIN:VEVENT\nSUMMARY" + ';a="b"' * 100_000 + "\nEND:VEVENT",
        "BEGIN:VEVENT\nSUMMARY:a" + "\n " * 300_000 + "\nEND:VEVENT",
        "BEGIN:VEVENT\n" * 70_000,
        "BEGIN:VEVENT\n" + "SUMMARY;" * 100_000 + '"' * 100_000,
        "BEGIN:VEVENT\nEXDATE" + ";X=1" * 50_000 + ":" + "20260101T000000," * 50_000,
    ],
)
def test_no_calendar_takes_long(text: str) -> None:
    start = time.process_time()
    appointments(text)
    assert time.process_time() - start < 2


def test_who_is_invited_what_it_is_about_and_when_it_is_not_are_told() -> None:
    found, _ = appointments(
        _event(
            "SUMMARY:Library tour",
            "DTSTART;TZID=Asia/Jakarta:20270111T090000",
            "DURATION:P1DT1H30M",
            "EXDATE;TZID=Asia/Jakarta:20270118T090000,20270125T090000",
            'ATTENDEE;ROLE=CHAIR;CN="Sari Dewi":mailto:sari@campus.example',
            "ATTENDEE:mailto:budi@campus.example",
            "CATEGORIES:Visits,Freshers",
            "ATTENDEE;ROLE=REQ-PARTICIPANT;CN=Sari Dewi:mailto:sari@campus.example",
            "URL:https://campus.example/tour?id=7",
            "X-OTHER:nothing",
        )
    )
    assert found[0].splitlines() == [
        "Event: Library tour",
        "Start: 2027-01-11 09:00 Asia/Jakarta",
        "Duration: 1 day 1 hour 30 minutes",
        "Not on: 2027-01-18 09:00 Asia/Jakarta, 2027-01-25 09:00 Asia/Jakarta",
        "Attendees: Sari Dewi, budi@campus.example",
        "Categories: Visits,Freshers",
        "Link: https://campus.example/tour?id=7",
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        *(("PT0S", "PT0S"), ("-PT1H", "-PT1H"), ("P2W", "2 weeks"), ("PT45M", "45 minutes")),
        *(("PT1M30S", "1 minute 30 seconds"), ("PT90S", "90 seconds"), ("PT1H0M0S", "1 hour")),
    ],
)
def test_a_duration_is_told_in_words_where_it_is_one(written: str, told: str) -> None:
    assert appointments(_event(f"DURATION:{written}"))[0] == [f"Duration: {told}"]


@pytest.mark.parametrize("named", ["", ";CN=", ';CN=""', ";CN= ", ';CN=" "'])
def test_who_has_no_name_is_told_by_their_address(named: str) -> None:
    found, _ = appointments(
        _event(*(f"{who}{named}:mailto:a@campus.example" for who in ("ORGANIZER", "ATTENDEE")))
    )
    assert found == ["Organiser: a@campus.example\nAttendees: a@campus.example"]
