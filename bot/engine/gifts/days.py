"""Days reckoned from today: the next one of its kind, the last of a month, so many months on."""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal

#: The months of each season; a season's dates are the last days of its months.
SEASONS = {"spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11), "winter": (12, 1, 2)}
#: A day without its year that is past by no more than this may have been a slip, so it is asked about.
_JUST_PAST = 60


def on(year: int, month: int, day: int) -> dt.date | None:
    """That day, or None where there is none."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def last(year: int, month: int) -> dt.date:
    """The last day of a month; months beyond December are of the years that follow."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def months_on(today: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last day of a shorter month."""
    end = last(today.year, today.month + months)
    return end.replace(day=min(today.day, end.day))


def later(today: dt.date, count: Decimal, unit: str) -> dt.date | None:
    """So many "day"s, "week"s, "month"s or "year"s after today; None where that is no day of this century."""
    if not 0 < count <= 1000:
        return None
    if unit in ("month", "year"):
        months = count * (12 if unit == "year" else 1)
        whole = int(months)
        if today.year + whole // 12 > 2190:
            return None
        # Half a month is fifteen days.
        return months_on(today, whole) + dt.timedelta(days=int((months - whole) * 30))
    return today + dt.timedelta(days=int(count * (7 if unit == "week" else 1)))


def next_day(today: dt.date, day: int, *, strictly: bool = False) -> dt.date | None:
    """The next such day of a month."""
    for month in range(today.month, today.month + 4):
        end = last(today.year, month)
        if 1 <= day <= end.day and (found := end.replace(day=day)) >= today and not (strictly and found == today):
            return found
    return None


def next_in_year(today: dt.date, month: int, day: int) -> tuple[dt.date | None, bool]:
    """The next such day, and whether it passed so lately that the last one may be meant."""
    before = (on(year, month, day) for year in (today.year, today.year - 1))
    just_past = any(each is not None and 0 < (today - each).days <= _JUST_PAST for each in before)
    days = (on(year, month, day) for year in range(today.year, today.year + 9))
    return next((each for each in days if each and each >= today), None), just_past


def season(today: dt.date, name: str) -> tuple[dt.date, ...]:
    """The last days of the months of the season that comes, or is."""
    months = SEASONS[name]
    for year in range(today.year - 1, today.year + 2):
        ends = [last(year + (month < months[0]), month) for month in months]
        # What is left of a season that has begun still counts.
        if left := tuple(each for each in ends if each >= today):
            return left
    return ()
