"""What a person typed or tapped -> an answer, or a kind word on what would be one."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence

from bot.engine import commands, form
from bot.engine.messages import phrase
from bot.engine.understanding import agreeing, amounts, coordinates, dates, matching, picking, times
from bot.engine.understanding.outcomes import Doubtful, Misunderstood, Picking, Reading, Understood, which

__all__ = ["Doubtful", "Misunderstood", "Picking", "Reading", "Understood"]

#: Longest open answer, in characters; about four SMS screens of a long letter.
LONGEST = 2000

NOT_UNDERSTOOD = picking.NOT_UNDERSTOOD
unapologetic = picking.unapologetic
NO_WORDS = phrase("Thank you! Now please answer with a word or a number.")
NO_TIME = phrase("Please write the time like this: 14:30")

_DATE_LACKS = {
    dates.Lack.NO_DATE: phrase("Please write the date like this: 21.03.1990"),
    dates.Lack.DAY: phrase("Please write the day and the month too, for example: 21.03.1990"),
    dates.Lack.MONTH: phrase("Please write the month too, for example: 03.1990"),
    dates.Lack.YEAR: phrase("Please write the year too, for example: 21.03.1990"),
    dates.Lack.IMPOSSIBLE: phrase("There is no such date in the calendar. Please write it like this: 21.03.1990"),
}
_TIME_LACKS = {
    times.Lack.NO_TIME: NO_TIME,
    times.Lack.IMPOSSIBLE: phrase("There is no such time. Please write it like this: 14:30"),
    times.Lack.DATE: phrase("Please write the date too, for example: 21.03.2026 14:30"),
    times.Lack.TIME: phrase("Please write the time too, for example: 21.03.2026 14:30"),
}


def understand(
    question: form.Question,
    choices: Sequence[form.Choice],
    text: str,
    picked: tuple[str, ...] = (),
    now: dt.datetime | None = None,
) -> Reading:
    """Read `text` as an answer to `question`, whose options were shown as `choices` in that order.

    `picked` are the options of a ranking so far. `now` is the time in the person's zone: without it "yesterday" is
    not understood.
    """
    words = clean(text)
    if not says_something(words) and not _is_sign(question, choices, words):
        return Misunderstood(NO_WORDS)
    match question.kind:
        case form.Kind.SELECT_ONE:
            return picking.one(question, choices, words)
        case form.Kind.SELECT_MULTIPLE:
            return picking.several(question, choices, words)
        case form.Kind.RANK:
            return picking.ranking(question, choices, words, picked)
        case form.Kind.MORE:
            return _more(question, choices, words)
        case form.Kind.ACKNOWLEDGE:
            return _acknowledged(words)
        case form.Kind.INTEGER | form.Kind.DECIMAL | form.Kind.RANGE:
            return amounts.understand(question, words)
        case form.Kind.DATE:
            return _date(question, words, now)
        case form.Kind.TIME:
            return _time(words, now)
        case form.Kind.DATETIME:
            return _date_and_time(words, now)
        case form.Kind.GEOPOINT:
            return _place(words)
        case _:
            return _text(words)


def clean(text: str) -> str:
    """The text without control characters and outer spaces, letters composed; line breaks stay."""
    # A keycap emoji is a digit in a frame: a variation selector and U+20E3.
    composed = unicodedata.normalize("NFC", text).translate({0xFE0F: None, 0x20E3: None})
    return "".join(c for c in composed if c == "\n" or unicodedata.category(c)[0] != "C").strip()


def says_something(words: str) -> bool:
    """False for emoji, dots and nothing at all."""
    return any(c.isalnum() for c in words)


def _is_sign(question: form.Question, choices: Sequence[form.Choice], words: str) -> bool:
    """True for a thumb, a tick or a plus where yes or no is asked for."""
    if question.kind in (form.Kind.ACKNOWLEDGE, form.Kind.MORE):
        return agreeing.agrees(words) is not None
    choosing_ = question.kind in (form.Kind.SELECT_ONE, form.Kind.SELECT_MULTIPLE)
    return choosing_ and bool(matching.Offered(question, choices).meant(agreeing.meaning(words)))


def named(choices: Sequence[form.Choice], words: str) -> form.Choice | None:
    """The option whose label this is, in whatever spelling and language."""
    folded = commands.fold(words)
    labelled = (choice for choice in choices if folded in map(commands.fold, (choice.name, *choice.label.values())))
    return next(labelled, None)


def _folded(words: str) -> frozenset[str]:
    return frozenset(map(commands.fold, words.split(",")))


def _more(question: form.Question, choices: Sequence[form.Choice], words: str) -> Reading:
    meaning = agreeing.meaning(words)
    folded = commands.fold(words)
    if meaning in ("yes", "no"):
        return Understood(meaning)
    if folded in _GO_ON or folded in _ENOUGH:
        return Understood("yes" if folded in _GO_ON else "no")
    if choices:
        return picking.one(question, choices, words)
    # 1 yes, 2 no, as in every question of that sort.
    number = {"1": "yes", "2": "no"}.get(folded)
    return Understood(number) if number else Misunderstood(phrase("Please write “yes” or “no”."))


_GO_ON = _folded("дагы, дагы бар, дагы бирөө, ооба дагы, ещё, ещё есть, ещё один, ещё одна, more")
_ENOUGH = _folded("болду, бүттү, дагы жок, башка жок, жетет, все, больше нет, это все, достаточно")


def _acknowledged(words: str) -> Reading:
    if agreeing.agrees(words) or commands.fold(words) in _SEEN:
        return Understood("OK")
    return Misunderstood(phrase("When you have read it, please write “ok”."))


_SEEN = _folded(
    "1, түшүндүм, түшүнүктүү, окудум, окуп чыктым, тааныштым, көрдүм, рахмат, понятно, понял, поняла, ясно, прочитал, "
    "прочитала, прочитано, ознакомлен, ознакомлена, спасибо, принято, готово"
)


def _date(question: form.Question, words: str, now: dt.datetime | None) -> Reading:
    part = dates.Part.DAY
    if "year" in question.appearance:
        part = dates.Part.YEAR
    elif "month-year" in question.appearance:
        part = dates.Part.MONTH
    found = dates.read(words, now.date() if now else None, part)
    if isinstance(found, dt.date):
        return Understood(found.isoformat())
    if found is dates.Lack.NO_DATE and part is dates.Part.YEAR:
        return Misunderstood(phrase("Please write the year, for example: 1990"))
    if part is dates.Part.MONTH and found in (dates.Lack.NO_DATE, dates.Lack.YEAR):
        return Misunderstood(phrase("Please write the month and the year, for example: 03.1990"))
    return Misunderstood(_DATE_LACKS[found])


def _time(words: str, now: dt.datetime | None) -> Reading:
    found = times.read(words, now)
    if isinstance(found, dt.time):
        return Understood(found.isoformat("minutes"))
    if isinstance(found, tuple):
        return Misunderstood(which(*(each.isoformat("minutes") for each in found)))
    return Misunderstood(_TIME_LACKS[found])


def _date_and_time(words: str, now: dt.datetime | None) -> Reading:
    found = times.read_both(words, now)
    if isinstance(found, dt.datetime):
        return Understood(found.isoformat(timespec="minutes"))
    if isinstance(found, tuple):
        return Misunderstood(which(*(f"{each:%d.%m.%Y %H:%M}" for each in found)))
    if found is times.Lack.NO_TIME:
        return Misunderstood(phrase("Please write the date and the time, for example: 21.03.2026 14:30"))
    return Misunderstood(_DATE_LACKS[found] if isinstance(found, dates.Lack) else _TIME_LACKS[found])


def _place(words: str) -> Reading:
    try:
        found = coordinates.read(words)
    except ValueError:
        return Misunderstood(phrase("There is no such place on the map. Please say in words where it is."))
    return Understood(found) if found else _text(words)


def _text(words: str) -> Reading:
    if len(words) > LONGEST:
        return Misunderstood(
            phrase("That is rather long. Please write it shorter, at most {max} characters.", max=LONGEST)
        )
    return Understood(words)
