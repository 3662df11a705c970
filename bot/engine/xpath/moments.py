"""Dates and times in expressions: kept as ISO text, counted in days since 1970.

Days are the person's own. A time without a zone is that of `Context.now`; one with a zone is brought there.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable

from bot.engine.phrases import phrase
from bot.engine.xpath import almanac
from bot.engine.xpath.pieces import Call, Function, Piece, Refused
from bot.engine.xpath.values import Context, Evaluate, Value, number, part_of_day, text

_MOMENT = re.compile(
    r"([0-9]{1,4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:T([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{1,2}(?::?[0-9]{2})?)?)?"
)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DAY = dt.timedelta(days=1)


def _zone(context: Context) -> dt.tzinfo:
    return context.now.tzinfo or dt.UTC


def _parsed(written: str, zone: dt.tzinfo) -> dt.datetime | None:
    found = _MOMENT.fullmatch(written.strip())
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    thousandths = int((found[7] or "0").ljust(3, "0")[:3])
    try:
        moment = dt.datetime(year, month, day, hour, minute, second, thousandths * 1000, tzinfo=_offset(found[8], zone))
        return moment.astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _offset(written: str | None, zone: dt.tzinfo) -> dt.tzinfo:
    if not written:
        return zone
    if written == "Z":
        return dt.UTC
    hours, minutes = int(written[1:3].rstrip(":")), int(written[-2:]) if len(written) > 3 else 0
    size = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-size if written[0] == "-" else size)


def _moment(value: Value, context: Context) -> dt.datetime | None:
    """The moment a text names, or so many days after 1970 began in Greenwich; None for anything else."""
    if isinstance(value, str):
        return _parsed(value, _zone(context))
    if isinstance(value, bool) or not math.isfinite(value):
        return None
    try:
        return (_EPOCH + value * _DAY).astimezone(_zone(context))
    except OverflowError:
        return None


def fraction(value: Value) -> float:
    """As number(), but a date with a time has its part of the day too."""
    size = number(value)
    if isinstance(value, str) and "T" in value and not math.isnan(size):
        moment = _parsed(value, dt.UTC)
        return size if moment is None else (moment - _EPOCH) / _DAY
    return size


def _checked(piece: Piece) -> Evaluate:
    """The argument; a date in quotes that is none is told when the form is checked."""
    written = piece.literal
    if isinstance(written, str) and written and not _parsed(written, dt.UTC) and math.isnan(part_of_day(written)):
        raise Refused(phrase("“{text}” is no date; write it like this: {example}", text=written, example="2027-03-21"))
    return piece.one


def _of_moment(apply: Callable[[dt.datetime], Value], clock: Callable[[str], Value]) -> Function:
    """A function of a moment; empty stays empty and no number no number, and what is no date is empty."""

    def build(call: Call) -> Evaluate:
        one = _checked(call.arguments[0])

        def found(context: Context) -> Value:
            value = one(context)
            if value == "" or value != value:
                return value
            moment = _moment(value, context)
            return apply(moment) if moment else clock(value.strip()) if isinstance(value, str) else ""

        return found

    return Function(1, 1, build)


def _date(call: Call) -> Evaluate:
    one = _checked(call.arguments[0])

    def date(context: Context) -> Value:
        value = one(context)
        if value == "" or value != value:
            return value
        if isinstance(value, str):
            moment = _parsed(value, _zone(context))
            return moment.date().isoformat() if moment else ""
        try:
            # So many whole days, whatever the zone.
            return "" if isinstance(value, bool) else (_EPOCH + int(value) * _DAY).date().isoformat()
        except OverflowError:
            return ""

    return date


def _decimal_date_time(call: Call) -> Evaluate:
    return _counted(call, lambda size: size, lambda moment: (moment - _EPOCH) / _DAY)


def _decimal_time(call: Call) -> Evaluate:
    return _counted(call, lambda size: size - math.floor(size), _time_of)


def _time_of(moment: dt.datetime) -> float:
    return (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) / _DAY


def _counted(call: Call, of_number: Callable[[float], float], of_moment: Callable[[dt.datetime], float]) -> Evaluate:
    one = _checked(call.arguments[0])

    def found(context: Context) -> Value:
        value = one(context)
        if isinstance(value, bool):
            return math.nan
        if not isinstance(value, str):
            return of_number(value) if math.isfinite(value) else math.nan
        moment = _parsed(value, _zone(context))
        # A time of day alone is what a time question gives.
        return of_moment(moment) if moment else part_of_day(value.strip()) if value else ""

    return found


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


# --- format-date -------------------------------------------------------------------------------------------

_FORMATS: dict[str, Callable[[dt.datetime], str]] = {
    "%": lambda moment: "%",
    "Y": lambda moment: f"{moment.year:04}",
    "y": lambda moment: f"{moment.year:04}"[2:],
    "m": lambda moment: f"{moment.month:02}",
    "n": lambda moment: str(moment.month),
    "d": lambda moment: f"{moment.day:02}",
    "e": lambda moment: str(moment.day),
    "H": lambda moment: f"{moment.hour:02}",
    "h": lambda moment: str(moment.hour),
    "M": lambda moment: f"{moment.minute:02}",
    "S": lambda moment: f"{moment.second:02}",
    "3": lambda moment: f"{moment.microsecond // 1000:03}",
    "W": lambda moment: str(moment.isocalendar().week),
}
_NAMED: dict[str, Callable[[dt.datetime, almanac.Names, bool], str]] = {
    "b": lambda moment, names, dated: (names.short if dated else names.short_alone)[moment.month - 1],
    "B": lambda moment, names, dated: (names.months if dated else names.alone)[moment.month - 1],
    "a": lambda moment, names, dated: names.short_days[moment.weekday()],
    "A": lambda moment, names, dated: names.days[moment.weekday()],
}
_ESCAPE = re.compile(r"%(.?)", re.DOTALL)


def formatted(moment: dt.datetime, pattern: str, language: str) -> str:
    """The moment as the pattern wants it, names in that language; what the pattern does not know stays as it is."""
    names, dated = almanac.names(language), "%e" in pattern or "%d" in pattern

    def shown(found: re.Match[str]) -> str:
        if found[1] in _NAMED:
            return _NAMED[found[1]](moment, names, dated)
        part = _FORMATS.get(found[1])
        return part(moment) if part else found[0]

    return _ESCAPE.sub(shown, pattern)


def _format(call: Call) -> Evaluate:
    one, pattern = _checked(call.arguments[0]), call.arguments[1].one
    written = call.arguments[1].literal
    for unknown in _ESCAPE.findall(text(written)) if written is not None else ():
        if unknown not in _FORMATS and unknown not in _NAMED:
            raise Refused(
                phrase(
                    "{function}() does not know “{found}”; it knows {known}",
                    function=call.name,
                    found=f"%{unknown}",
                    known=" ".join(f"%{letter}" for letter in (*_FORMATS, *_NAMED)),
                )
            )

    def shown(context: Context) -> Value:
        value = one(context)
        moment = _moment(value, context)
        if moment is None and isinstance(value, str):
            # A time question gives the hour alone; the day is then today.
            at = part_of_day(value.strip())
            moment = (
                None if math.isnan(at) else context.now.replace(hour=0, minute=0, second=0, microsecond=0) + at * _DAY
            )
        return formatted(moment, text(pattern(context)), context.language) if moment else ""

    return shown


def _months(call: Call) -> Evaluate:
    """CHT's difference-in-months(from, to): whole months, as an age is counted; empty where one of them is no date."""
    begin, end = (_checked(piece) for piece in call.arguments)

    def found(context: Context) -> Value:
        since, until = (_moment(one(context), context) for one in (begin, end))
        if since is None or until is None:
            return ""
        backwards = until < since
        first, last = (until, since) if backwards else (since, until)
        months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
        return float(-months if backwards else months)

    return found


FUNCTIONS: dict[str, Function] = {
    "today": Function(0, 0, lambda call: lambda context: context.now.date().isoformat()),
    "now": Function(0, 0, lambda call: lambda context: _iso(context.now)),
    "date": Function(1, 1, _date),
    "date-time": _of_moment(_iso, lambda clock: ""),
    "decimal-date-time": Function(1, 1, _decimal_date_time),
    "decimal-time": Function(1, 1, _decimal_time),
    "format-date": Function(2, 2, _format),
    "format-date-time": Function(2, 2, _format),
    "difference-in-months": Function(2, 2, _months),
    "cht:difference-in-months": Function(2, 2, _months),
}
