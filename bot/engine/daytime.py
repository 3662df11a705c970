"""When somebody may be written to: by day where they are, as far as their telephone number tells where that is."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

#: From nine in the morning until eight in the evening.
MORNING, EVENING = dt.time(9), dt.time(20)


class Hours(NamedTuple):
    """Where somebody is: the least and the most that clocks there are ahead of UTC in the course of a year, in hours.

    A country with several zones, or with summer time, is all of them at once: what is day in each is day there.
    """

    least: float
    most: float


#: Those whose address tells nothing (a chat, a page) are told by the clock of home, which knows no summer time.
HOME = Hours(6, 6)

_EUROPE, _EAST, _WEST = Hours(1, 2), Hours(2, 3), Hours(0, 1)
#: What a number begins with -> the clocks there; the longest beginning that fits counts. From the tz database, 2025.
_CALLING = {
    # Canada and the islands around it share the number of the United States, from Hawaii to Newfoundland.
    "1": Hours(-10, -2.5),
    "1671": Hours(10, 10),
    "1684": Hours(-11, -11),
    # A mobile number of Russia does not tell the region: Kaliningrad to Kamchatka.
    "7": Hours(2, 12),
    "76": Hours(5, 5),
    "77": Hours(5, 5),
    **dict.fromkeys(["20", "30", "40", "357", "358", "359", "370", "371", "372", "373", "380", "961", "972"], _EAST),
    **dict.fromkeys(["31", "32", "33", "36", "39", "41", "43", "45", "46", "47", "48", "49"], _EUROPE),
    **dict.fromkeys(
        ["352", "355", "356", "381", "382", "383", "385", "386", "387", "389", "420", "421", "423"], _EUROPE
    ),
    **dict.fromkeys(["44", "353"], _WEST),
    "34": Hours(0, 2),
    "351": Hours(-1, 1),
    **dict.fromkeys(["90", "375", "965", "966", "973", "974"], Hours(3, 3)),
    "98": Hours(3.5, 3.5),
    **dict.fromkeys(["374", "968", "971", "994", "995"], Hours(4, 4)),
    "93": Hours(4.5, 4.5),
    **dict.fromkeys(["92", "992", "993", "998"], Hours(5, 5)),
    "91": Hours(5.5, 5.5),
    "996": HOME,
    **dict.fromkeys(["66", "84"], Hours(7, 7)),
    "976": Hours(7, 8),
    **dict.fromkeys(["60", "63", "65", "86", "852", "853", "886"], Hours(8, 8)),
    "62": Hours(7, 9),
    **dict.fromkeys(["81", "82"], Hours(9, 9)),
    # With the islands: Cocos to Lord Howe.
    "61": Hours(6.5, 11),
}
_LONGEST = max(map(len, _CALLING))


def hours(number: str) -> Hours:
    """The clocks where a telephone number such as "+79..." is at home; those of Kyrgyzstan where nobody knows."""
    digits = number.removeprefix("whatsapp:")
    if not digits.startswith("+"):
        return HOME
    beginnings = (digits[1 : 1 + length] for length in range(_LONGEST, 0, -1))
    return next((_CALLING[each] for each in beginnings if each in _CALLING), HOME)


#: Countries that people say they live in (`whereabouts`), by the numbers there.
_SAID = {"KG": "996", "RU": "7", "KZ": "77", "TR": "90", "KR": "82"}


def there(country: str, number: str = "") -> Hours:
    """The clocks where somebody is: of the country they named, else of their number, else of home."""
    return _CALLING[_SAID[country]] if country in _SAID else hours(number)


def today(at: dt.datetime, there: Hours) -> dt.date:
    """The day it is there; by day it is the same on all its clocks."""
    return at.astimezone(dt.timezone(dt.timedelta(hours=there.least))).date()


def is_day(at: dt.datetime, there: Hours) -> bool:
    """Whether it is day there, on all clocks."""
    return opening(at, there) == at


def opening(at: dt.datetime, there: Hours) -> dt.datetime:
    """That moment, or if it is night the next at which it is day there, on all clocks."""
    day = today(at, there)
    begins = morning(day, there)
    if at < begins:
        return begins
    ends = dt.datetime.combine(day, EVENING, dt.UTC) - dt.timedelta(hours=there.most)
    return at if at < ends else begins + dt.timedelta(days=1)


def morning(day: dt.date, there: Hours) -> dt.datetime:
    """When that day begins there for us, on the clock that is last."""
    return dt.datetime.combine(day, MORNING, dt.UTC) - dt.timedelta(hours=there.least)
