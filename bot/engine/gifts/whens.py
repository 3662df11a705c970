"""When it will be handed over: `15-майга чейин`, `через месяц`, `айлык алганда`, `по 1000 каждый месяц полгода`."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.engine.gifts import days, lines, moments
from bot.engine.gifts.lines import Line
from bot.engine.understanding import dates, numbers

#: Nobody promises for later than that.
_FURTHEST = dt.timedelta(days=3 * 366)
#: Days after a day, suggested to whoever says "after" it.
_AFTERWARDS = (7, 14, 30)
_EDGES = " \t\n.,;!?…"
#: Nor in more parts.
_MOST_TIMES = 36


class Why(enum.Enum):
    """Why there is no day."""

    NO_DATE = "no date"
    IMPOSSIBLE = "impossible"
    PAST = "past"
    FAR = "far"
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True)
class When:
    """By this day. Of "in May" and "next month" it is the last."""

    on: dt.date


@dataclass(frozen=True, slots=True)
class Monthly:
    """So many times, a month apart; `day` of the month, None where it was not said."""

    times: int
    day: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A time, but no day: to be asked for, with these days as suggestions, the first first; often there are none.

    `about`: "salary", "pension", "season", "holiday", "part" (the beginning, the middle), "year", "week" (жума is both
    a week and a Friday), "after", "event" ("when I come home"), "any", "date" (several were named), "times" (monthly,
    but how many times?), "often" (oftener than monthly).
    """

    about: str
    offered: tuple[dt.date, ...] = ()


@dataclass(frozen=True, slots=True)
class Misread:
    """No time at all, or none that a promise can be kept at."""

    why: Why


Outcome = When | Monthly | Asked | Misread


def find(line: Line) -> list[tuple[int, int]]:
    """Where a message says when: ranges of its tokens. Only what can be nothing else: "3 күн" is work."""
    return [(found.start, found.end) for found in moments.find(line)]


def read(text: str, today: dt.date) -> Outcome:
    """The time that a whole message says, or the part of one that `offers.read` hands on. Never raises."""
    if len(text) > numbers.LONGEST:
        return Misread(Why.TOO_LONG)
    line = lines.line(text.strip(_EDGES), moments.known)
    found = moments.find(line) or moments.find(line, alone=True)
    outcomes = [_Day(today).outcome(each) for each in found if each.kind not in ("monthly", "times", "weekly")]
    kinds = {each.kind for each in found}
    if "weekly" in kinds:
        return Asked("often")
    if "monthly" in kinds:
        return _checked(_monthly(found, outcomes), today)
    return _checked(_one(outcomes), today)


def _monthly(found: Sequence[moments.Moment], outcomes: Sequence[Outcome]) -> Outcome:
    day = next((int(each["day"]) for each in found if each["day"]), None)
    if day is not None and not 1 <= day <= 31:
        return Misread(Why.IMPOSSIBLE)
    times = next((_times(each) for each in found if each.kind == "times"), None)
    if times is None:
        # "Каждый месяц до конца года": whether that begins with this month or the next is not said.
        return Asked("times", tuple(each.on for each in outcomes if isinstance(each, When)))
    if times != int(times) or times < 1:
        return Misread(Why.IMPOSSIBLE)
    return Monthly(int(times), day) if times <= _MOST_TIMES else Misread(Why.FAR)


def _times(moment: moments.Moment) -> Decimal:
    count = moment.count if moment["n"] else Decimal("0.5") if moment["half"] else Decimal(1)
    return count * (12 if moment["half"] or moments.unit(moment["unit"]) == "year" else 1)


def _one(outcomes: Sequence[Outcome]) -> Outcome:
    """What several times in one message come to."""
    left = list(dict.fromkeys(outcomes))
    if not left:
        return Misread(Why.NO_DATE)
    if len(left) == 1:
        return left[0]
    # "Келерки айда, айлык алганда": the day is still to be asked for, and what was said is suggested.
    named = tuple(sorted(each.on for each in left if isinstance(each, When)))
    asked = next((each for each in left if isinstance(each, Asked)), None)
    if asked is not None:
        return Asked(asked.about, named or asked.offered)
    return Asked("date", named) if named else left[0]


def _checked(outcome: Outcome, today: dt.date) -> Outcome:
    match outcome:
        case When(on) if on < today:
            return Misread(Why.PAST)
        case When(on) if on - today > _FURTHEST:
            return Misread(Why.FAR)
        case Asked(about, offered):
            return Asked(about, tuple(day for day in offered if today <= day <= today + _FURTHEST))
    return outcome


class _Day:
    """The day of one moment, seen from today."""

    def __init__(self, today: dt.date) -> None:
        self._today = today

    def outcome(self, moment: moments.Moment) -> Outcome:
        """What the moment's words mean."""
        found: Outcome = getattr(self, f"_{moment.kind}")(moment)
        if isinstance(found, When) and moment.is_after and moment.kind not in ("later", "word"):
            # "После 15 мая" names the one day on which it will not be.
            return Asked("after", tuple(found.on + dt.timedelta(days=n) for n in _AFTERWARDS))
        return found

    def _when(self, day: dt.date | None) -> Outcome:
        return When(day) if day is not None else Misread(Why.IMPOSSIBLE)

    def _later(self, moment: moments.Moment) -> Outcome:
        count, unit = (Decimal(6), "month") if moment["half"] else (moment.count, moments.unit(moment["unit"]))
        if not count:
            return When(self._today)
        day = days.later(self._today, count, unit)
        return When(day) if day is not None else Misread(Why.FAR)

    def _ago(self, _moment: moments.Moment) -> Outcome:
        return Misread(Why.PAST)

    def _word(self, moment: moments.Moment) -> Outcome:
        if moments.NOW.fullmatch(moment["word"]):
            return When(self._today)
        day = dates.read(moment["word"], self._today)
        return When(day) if isinstance(day, dt.date) else Misread(Why.NO_DATE)

    def _written(self, moment: moments.Moment) -> Outcome:
        """Digits with points between them; the year may be lacking."""
        parts = [int(each) for each in re.findall(r"\d+", moment["date"])]
        if len(parts) == 2:
            return self._in_year(parts[1], parts[0])
        if parts[0] > 31:
            parts.reverse()
        day, month, year = parts
        return self._when(days.on(year + 2000 if year < 100 else year, month, day))

    def _dated(self, moment: moments.Moment) -> Outcome:
        month, day, year = int(moment["month"]), int(moment["day"]), moment["year"]
        return self._when(days.on(int(year), month, day)) if year else self._in_year(month, day)

    def _in_year(self, month: int, day: int) -> Outcome:
        if not 1 <= month <= 12:
            return Misread(Why.IMPOSSIBLE)
        found, just_past = days.next_in_year(self._today, month, day)
        return Asked("year", (found,)) if just_past and found else self._when(found)

    def _day(self, moment: moments.Moment) -> Outcome:
        return self._when(days.next_day(self._today, int(moment["day"])))

    def _month(self, moment: moments.Moment) -> Outcome:
        month, today = int(moment["month"]), self._today
        if not 1 <= month <= 12:
            return Misread(Why.IMPOSSIBLE)
        year = int(moment["year"]) if moment["year"] else today.year + (month < today.month)
        if moments.BY.match(moment.text) and not moment["part"]:
            # "До мая" is over when May begins.
            return When(dt.date(year, month, 1))
        return self._part(moment["part"], dt.date(year, month, 1), days.last(year, month))

    def _part(self, part: str, first: dt.date, end: dt.date) -> Outcome:
        """A part of the time between two days; "" is the whole."""
        match moments.part(part):
            case "begin":
                return Asked("part", (first, first + dt.timedelta(days=((end - first).days + 2) // 3)))
            case "middle":
                return Asked("part", (first + (end - first) / 2,))
            case _:
                return When(end)

    def _near(self, moment: moments.Moment) -> Outcome:
        """This or the next week, month or year; its end, or another part of it."""
        today, ahead = self._today, int(moments.NEXT.fullmatch(moment["which"]) is not None)
        match moments.unit(moment["unit"]):
            case "week":
                end = today + dt.timedelta(days=6 - today.weekday() + 7 * ahead)
                return self._part(moment["part"], end - dt.timedelta(days=6), end)
            case "month":
                end = days.last(today.year, today.month + ahead)
                if moments.part(moment["part"]) in ("begin", "middle") and not moment["which"]:
                    # "В начале месяца", said at its end, is of the next.
                    end = days.last(today.year, today.month + (today.day > 15))
                return self._part(moment["part"], end.replace(day=1), end)
            case _:
                end = dt.date(today.year + ahead, 12, 31)
                if ahead and not moment["part"]:
                    return Asked("year", tuple(days.last(end.year, month) for month in (3, 6, 12)))
                return self._part(moment["part"], end.replace(month=1, day=1), end)

    def _weekday(self, moment: moments.Moment) -> Outcome:
        ahead = (moments.weekday(moment["weekday"]) - self._today.weekday() - 1) % 7 + 1
        day = self._today + dt.timedelta(days=ahead)
        if moments.NEXT.fullmatch(moment["which"]):
            # Some mean the nearest, some that of the next week.
            return Asked("week", (day, day + dt.timedelta(days=7)))
        return When(day)

    def _friday(self, _moment: moments.Moment) -> Outcome:
        """«Жумага чейин»: by Friday, or for a week."""
        friday = self._today + dt.timedelta(days=(4 - self._today.weekday() - 1) % 7 + 1)
        return Asked("week", tuple(sorted({friday, self._today + dt.timedelta(days=7)})))

    def _season(self, moment: moments.Moment) -> Outcome:
        return Asked("season", days.season(self._today, moments.season(moment["season"])))

    def _salary(self, moment: moments.Moment) -> Outcome:
        suggested = [days.next_day(self._today, day, strictly=True) for day in (5, 10, 15, 25)]
        about = "pension" if "pensi" in moment.text else "salary"
        return Asked(about, tuple(sorted(day for day in suggested if day)))

    def _holiday(self, moment: moments.Moment) -> Outcome:
        name = moment["holiday"]
        fixed = moments.holiday(name)
        # The feasts after Ramadan and of the sacrifice go by the moon, and are announced.
        if fixed is None:
            return Asked("holiday")
        found, _ = days.next_in_year(self._today, *fixed)
        if found is None:
            return Misread(Why.IMPOSSIBLE)
        after = tuple(found + dt.timedelta(days=n) for n in _AFTERWARDS)
        return Asked("holiday", after) if moment.is_after else When(found)

    def _any(self, _moment: moments.Moment) -> Outcome:
        return Asked("any")

    def _event(self, _moment: moments.Moment) -> Outcome:
        return Asked("event")
