"""Times of the day as people write them: `14:30`, `саат 3тө`, `кечки 7`, `в 3 часа дня`, `полдень`."""

from __future__ import annotations

import datetime as dt
import enum
import re
from decimal import Decimal

from bot.engine import commands
from bot.engine.understanding import dates, numbers

#: No longer text is a time.
LONGEST = 60


class Lack(enum.Enum):
    """Why there is no time."""

    NO_TIME = "no time"
    IMPOSSIBLE = "impossible"
    DATE = "date"
    TIME = "time"


#: Part of the day by its words, folded; the hours they may stand with, and what is added to those.
_PARTS: tuple[tuple[re.Pattern[str], dict[int, int]], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b"), {hour: hour + more for hours, more in spans for hour in hours} | special)
    for words, spans, special in (
        ("erten menen(ki)?|tanki|tan(da|ga)?|erte menen|erten|utra|utrom|s utra|am|tushko che+i+n(ki)?",
         (((3, 4, 5, 6, 7, 8, 9, 10, 11), 0),), {}),
        ("tushku|tushto|tushton ki+n(ki)?|kunduz([gk]u)?|dnia|dnem",
         (((1, 2, 3, 4, 5, 6), 12), ((10, 11, 12), 0)), {}),
        ("kechki|kechinde|kechkurun|kech(te)?|vechera|vecherom", (((4, 5, 6, 7, 8, 9, 10, 11), 12),), {12: 0}),
        ("tunku|tundo|tun|nochi|nochiu", (((1, 2, 3, 4), 0), ((8, 9, 10, 11), 12)), {12: 0}),
    )
)  # fmt: skip
_NOON = re.compile(r"(?:v )?(?:polden|chak tush(?:to)?|tush(?:to)?(?: maali?| maalinda)?|noon)")
_MIDNIGHT = re.compile(r"(?:v )?(?:polnoch|tun ortosu(?:nda)?|tun jarimi(?:nda)?|jarim tun(?:do)?|midnight)")
_NOW = frozenset(map(commands.fold, ("азыр", "сейчас", "ушул убакта", "now")))
_ENGLISH = re.compile(r"(?<=\d) ?([ap])\.? ?m\b")
_HOUR = re.compile(r"saat(ta|i|inda|tan|tar)?|chas(a|ov|u)?|ch|h|o clock")
_MINUTE = re.compile(r"munot(to|u)?|minut(a|i|u)?|min|m")
_FILLER = re.compile(
    r"v|vo|k|okolo|da|de|do|ta|te|to|ga|ge|go|ka|ke|ko|dan|den|don|tan|ten|ton|rovno|tuura|bolgondo|at"
)


def read(text: str, now: dt.datetime | None = None) -> dt.time | tuple[dt.time, dt.time] | Lack:
    """The time that the whole text is; two where nothing tells morning from afternoon; or what is lacking."""
    if len(text) > LONGEST:
        return Lack.NO_TIME
    folded = re.sub(r"\s+", " ", commands.fold(numbers.plain(text)))
    if now is not None and folded in _NOW:
        return now.time().replace(second=0, microsecond=0, tzinfo=None)
    if _NOON.fullmatch(folded):
        return dt.time(12)
    if _MIDNIGHT.fullmatch(folded):
        return dt.time(0)
    folded, shift = _without_part(folded)
    found = _hour_and_minute(folded)
    if found is None:
        return Lack.NO_TIME
    hour, minute, exact = found
    if hour == 24 and minute == 0:
        hour = 0
    if hour > 23 or minute > 59:
        return Lack.IMPOSSIBLE
    if shift and hour <= 12:
        return dt.time(shift[hour], minute) if hour in shift else Lack.NO_TIME
    if not shift and not exact and 1 <= hour <= 12:
        # "Саат 3тө" is said of the night and of the afternoon.
        return dt.time(hour % 12, minute), dt.time(hour % 12 + 12, minute)
    return dt.time(hour, minute)


def read_both(
    text: str, now: dt.datetime | None = None
) -> dt.datetime | tuple[dt.datetime, dt.datetime] | Lack | dates.Lack:
    """Date and time together, in either order."""
    if len(text) > LONGEST + dates.LONGEST:
        return Lack.NO_TIME
    words = re.sub(r"(?<=\d)[TtТт](?=\d)", " ", text).replace(",", " ").split()
    if now is not None and commands.fold(text) in _NOW:
        return now.replace(second=0, microsecond=0, tzinfo=None)
    today = now.date() if now is not None else None
    lacks: set[Lack | dates.Lack] = set()
    for cut in range(1, len(words)):
        for date_words, time_words in ((words[:cut], words[cut:]), (words[cut:], words[:cut])):
            date = dates.read(" ".join(date_words), today)
            time = read(" ".join(time_words))
            if isinstance(date, dt.date) and isinstance(time, dt.time):
                return dt.datetime.combine(date, time)
            if isinstance(date, dt.date) and isinstance(time, tuple):
                return dt.datetime.combine(date, time[0]), dt.datetime.combine(date, time[1])
            if isinstance(date, dt.date) and time is Lack.IMPOSSIBLE:
                lacks.add(time)
            if isinstance(date, dates.Lack) and date is not dates.Lack.NO_DATE and isinstance(time, dt.time):
                lacks.add(date)
    date = dates.read(text, today)
    if isinstance(date, dt.date):
        return Lack.TIME
    if date is not dates.Lack.NO_DATE:
        return date
    if not isinstance(read(text), Lack):
        return Lack.DATE
    return lacks.pop() if len(lacks) == 1 else Lack.NO_TIME


def _without_part(folded: str) -> tuple[str, dict[int, int]]:
    """The text without "in the evening", and what that makes of each hour."""
    folded = _ENGLISH.sub(lambda found: " utra" if found[1] == "a" else " pm", folded)
    if re.search(r"\bpm\b", folded):
        return re.sub(r"\bpm\b", " ", folded), {hour: hour % 12 + 12 for hour in range(1, 13)}
    for words, hours in _PARTS:
        if found := words.search(folded):
            return f"{folded[: found.start()]} {folded[found.end() :]}", hours
    return folded, {}


def _hour_and_minute(folded: str) -> tuple[int, int, bool] | None:
    """Hour, minute, and whether it was written as on a clock, where 3:00 is no afternoon."""
    words = folded.strip(" .,")
    if clock := re.fullmatch(r"(?:saat |v )?(\d{1,2}) ?[:. ] ?(\d{2})(?::\d{2})?(?:[td][aeo]|g[aeo])?", words):
        return int(clock[1]), int(clock[2]), True
    if run := re.fullmatch(r"(\d{1,2})(\d{2})", words):
        return int(run[1]), int(run[2]), True
    hour: Decimal | None = None
    minute: Decimal | None = None
    waiting: list[str] = []
    if half := re.fullmatch(r"(?:v )?(?:pol ?|polovina |polovine |polovinu )(\w+)", words):
        before = numbers.read(half[1])
        return (int(before) - 1, 30, False) if before is not None and 2 <= before <= 12 else None
    for word in [*re.findall(r"\d+|[^\W\d_]+", words), ""]:
        if _HOUR.fullmatch(word) and waiting and hour is None:
            hour, waiting = numbers.read(" ".join(waiting)), []
            if hour is None:
                return None
        elif _MINUTE.fullmatch(word) and waiting:
            minute, waiting = numbers.read(" ".join(waiting)), []
            if minute is None:
                return None
        elif word and not _HOUR.fullmatch(word) and not _FILLER.fullmatch(word):
            waiting.append(word)
    if waiting:
        rest = numbers.read(" ".join(waiting))
        if rest is None or (hour is not None and minute is not None):
            return None
        if hour is None:
            hour = rest
        else:
            minute = rest
    if hour is None or hour < 0:
        return None
    if hour != int(hour):
        # "Үч жарым" is half past three.
        if hour - int(hour) != Decimal("0.5") or minute is not None:
            return None
        return int(hour), 30, False
    if minute is not None and (minute < 0 or minute != int(minute)):
        return None
    return int(hour), int(minute or 0), False
