"""When a giver is reminded: a week before, on the day, a week after; then the promise lapses and nobody says a word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.engine.pledging.ledger import Standing, State
from bot.engine.pledging.wishes import LAPSES, LAST_REMINDER, Terms, falls_due


class Kind(StrEnum):
    """What the day is."""

    SOON = "soon"
    TODAY = "today"
    AFTER = "after"
    #: No message: the clock's wish `Step.LAPSED`.
    LAPSES = "lapses"


#: Days from the due date.
_DAYS = {Kind.SOON: -7, Kind.TODAY: 0, Kind.AFTER: LAST_REMINDER, Kind.LAPSES: LAPSES}


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to do on a day, at an hour that suits the person. `due` tells it from those of a postponed date."""

    kind: Kind
    on: dt.date
    due: dt.date


def reminders(standing: Standing, terms: Terms, told: Collection[Reminder], today: dt.date) -> tuple[Reminder, ...]:
    """What is still to come, in order; the first may be overdue, and is then for today.

    None while nobody owes anything, and none of a day on or before which the giver last said what or when. Of several
    overdue ones only the last counts: a clock that stood still does not make up for it in one morning.
    """
    if standing.state not in (State.CONFIRMED, State.DUE) or not terms.calls:
        return ()
    due = falls_due(standing, terms)
    if due is None:
        return ()
    heard = [reminder.on for reminder in told if reminder.due == due]
    since = max([*heard, standing.dated or dt.date.min])
    planned = (Reminder(kind, on, due) for kind, days in _DAYS.items() if (on := _day(due, days)))
    waiting = [reminder for reminder in planned if reminder.on > since]
    overdue = [reminder for reminder in waiting if reminder.on <= today]
    return (*overdue[-1:], *(reminder for reminder in waiting if reminder.on > today))


def _day(due: dt.date, days: int) -> dt.date | None:
    """So many days from a date; None where the calendar ends."""
    try:
        return due + dt.timedelta(days=days)
    except OverflowError:
        return None
