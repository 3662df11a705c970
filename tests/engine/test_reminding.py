"""Reminders: a week before, on the day, a week after, then silence; never twice, never where nobody owes anything."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.engine.pledging import campaigns, reminding
from bot.engine.pledging.events import Role, Step
from bot.engine.pledging.ledger import Standing, State
from bot.engine.pledging.reminding import Kind, Reminder
from bot.engine.pledging.wishes import Wish
from tests.engine import pledged
from tests.engine.pledged import BEFORE, DUE

CONFIRMED = pledged.standing(*pledged.IN_STATE[State.CONFIRMED])
DAY = dt.timedelta(days=1)


def heard(standing: Standing, asleep: range = range(0)) -> list[tuple[Kind, int]]:
    """What a clock says in the months around `DUE`: which reminder, how many days after it; asleep it says nothing."""
    told: list[Reminder] = []
    said: list[tuple[Kind, int]] = []
    for days in range(-28, 60):
        today = DUE + days * DAY
        if days in asleep:
            continue
        coming = reminding.reminders(standing, pledged.terms(), told, today)
        assert [reminder.on for reminder in coming] == sorted(reminder.on for reminder in coming)
        now = [reminder for reminder in coming if reminder.on <= today]
        assert len(now) <= 1
        told += now
        said += [(reminder.kind, days) for reminder in now]
    return said


def test_a_week_before_on_the_day_a_week_after_then_it_lapses() -> None:
    assert heard(CONFIRMED) == [(Kind.SOON, -7), (Kind.TODAY, 0), (Kind.AFTER, 7), (Kind.LAPSES, 14)]


def test_a_clock_that_stood_still_says_only_the_last() -> None:
    assert heard(CONFIRMED, asleep=range(-10, 9)) == [(Kind.AFTER, 9), (Kind.LAPSES, 14)]


def test_whoever_just_said_when_is_not_reminded_of_days_before_that() -> None:
    late = replace(CONFIRMED, dated=DUE - DAY)
    assert heard(late) == [(Kind.TODAY, 0), (Kind.AFTER, 7), (Kind.LAPSES, 14)]


@pytest.mark.parametrize("state", sorted(set(State) - {State.CONFIRMED, State.DUE}))
def test_nobody_is_reminded_of_what_is_sent_given_or_let_go(state: State) -> None:
    assert heard(pledged.standing(*pledged.IN_STATE[state])) == []


def test_nobody_owes_anything_before_a_threshold_is_reached() -> None:
    model = campaigns.Model.THRESHOLD
    assert reminding.reminders(CONFIRMED, pledged.terms(model=model), (), BEFORE.date()) == ()
    reached = replace(pledged.terms(campaigns.State.REACHED, model), called=DUE + 30 * DAY)
    coming = reminding.reminders(CONFIRMED, reached, (), DUE + 30 * DAY)
    assert [(reminder.kind, (reminder.on - DUE).days) for reminder in coming] == [
        (Kind.TODAY, 30),
        (Kind.AFTER, 37),
        (Kind.LAPSES, 44),
    ]


def test_a_postponed_date_has_reminders_of_its_own() -> None:
    told = reminding.reminders(CONFIRMED, pledged.terms(), (), BEFORE.date())
    later = pledged.then(CONFIRMED, Wish(Step.POSTPONED, due=DUE + 60 * DAY), pledged.GIVER, now=BEFORE)
    coming = reminding.reminders(later, pledged.terms(), told, BEFORE.date())
    assert [reminder.due for reminder in coming] == [DUE + 60 * DAY] * 4


def test_a_date_put_forward_has_them_too() -> None:
    told = [Reminder(Kind.AFTER, DUE + 97 * DAY, DUE + 90 * DAY)]
    coming = reminding.reminders(CONFIRMED, pledged.terms(), told, BEFORE.date())
    assert [reminder.kind for reminder in coming] == list(Kind)


def test_a_pledge_without_a_date_falls_due_with_the_campaign() -> None:
    undated = pledged.standing(pledged.event(Step.CONFIRMED))
    coming = reminding.reminders(undated, pledged.terms(), (), BEFORE.date())
    assert {reminder.due for reminder in coming} == {pledged.terms().day}


def test_the_calendars_end_is_no_error() -> None:
    last = pledged.standing(
        *pledged.IN_STATE[State.CONFIRMED], pledged.event(Step.POSTPONED, by=Role.GIVER, due=dt.date.max)
    )
    coming = reminding.reminders(last, pledged.terms(), (), BEFORE.date())
    assert [reminder.kind for reminder in coming] == [Kind.SOON, Kind.TODAY]
