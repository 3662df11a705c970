"""A calendar file is read by others as it was meant, whatever stands in it."""

from __future__ import annotations

import datetime as dt

import icalendar
from hypothesis import given
from hypothesis import strategies as some

from bot.services import scheduling

AT = dt.datetime(2027, 3, 1, 15, 4, 5, tzinfo=dt.timezone(dt.timedelta(hours=6)))
#: All that a line can hold: a calendar has no word for other control characters.
TEXTS = some.text(some.characters(exclude_categories=["C", "Z"], include_characters=" \n\\;,:"), max_size=200)


def read(*days: scheduling.Day) -> list[icalendar.Event]:
    text = scheduling.calendar(days, AT, "ashar.example")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    found = icalendar.Calendar.from_ical(text)
    assert isinstance(found, icalendar.Calendar)
    return [event for event in found.walk("VEVENT") if isinstance(event, icalendar.Event)]


def test_a_whole_day_with_a_weeks_notice_under_a_name_that_stays() -> None:
    day = scheduling.Day("abc", dt.date(2027, 5, 15), "Айылга таза суу: 5 000 сом. Код: GMS72S", "Которуу: эсепке")
    [event] = read(day)
    assert event.decoded("dtstart") == dt.date(2027, 5, 15)
    assert event.decoded("dtstamp") == dt.datetime(2027, 3, 1, 9, 4, 5, tzinfo=dt.UTC)
    assert (str(event["uid"]), str(event["summary"])) == ("abc@ashar.example", day.title)
    assert [alarm.decoded("trigger") for alarm in event.walk("VALARM")] == [
        dt.timedelta(days=-7),
        dt.timedelta(hours=9),
    ]


def test_of_nothing_there_is_an_empty_calendar() -> None:
    assert read() == []


@given(title=TEXTS, more=TEXTS)
def test_every_text_comes_back_as_it_was(title: str, more: str) -> None:
    [event] = read(scheduling.Day("a", dt.date(2027, 5, 15), title, more))
    assert (str(event["summary"]), str(event["description"])) == (title, more)
