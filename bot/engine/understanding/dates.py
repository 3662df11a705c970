"""Dates as people write them: `21.03.1990`, `21-март, 1990-жыл`, `1990-жылдын 21-марты`, `кечээ`, `3 дня назад`."""

from __future__ import annotations

import datetime as dt
import enum
import re

from bot.engine import commands
from bot.engine.understanding import months, numbers

#: No longer text is a date.
LONGEST = 80
_EARLIEST, _LATEST = 1850, 2199
#: Two digits are of this century up to here, and of the last one from there on: most dates asked for are births.
_THIS_CENTURY = 29


class Lack(enum.Enum):
    """Why there is no date."""

    NO_DATE = "no date"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    IMPOSSIBLE = "impossible"


class Part(enum.IntEnum):
    """How much of a date is asked for."""

    YEAR = 1
    MONTH = 2
    DAY = 3


_DAYS_FROM_TODAY = {
    "bugun": 0, "bugunku": 0, "segodnia": 0, "today": 0, "keche": -1, "kechee": -1, "kecheki": -1, "vchera": -1,
    "yesterday": -1, "kecheeki": -1, "erten": 1, "ertenki": 1, "zavtra": 1, "tomorrow": 1, "burusuguni": 2,
    "bursuguni": 2,
    "bursugunu": 2, "bursugun": 2, "burusugunu": 2, "poslezavtra": 2, "pozavchera": -2, "murdaguni": -2,
    "murdaki kun": -2, "murdagi kun": -2, "murdagi kunu": -2, "murda kunu": -2, "murunku kunu": -2,
}  # fmt: skip
_YEARS_FROM_NOW = {
    "biltir": -1, "otkon jili": -1, "otkon jil": -1, "proshlii god": -1, "v proshlom godu": -1, "biiil": 0,
    "ushul jili": 0, "bul jili": 0, "etot god": 0, "v etom godu": 0,
}  # fmt: skip
#: "Кечээки күнү", "бүгүнкү күн".
_THAT_DAY = re.compile(r"(?<=k[iu]) kun(?:u|do)?$")
_BEFORE = re.compile(r"murun|murda|murunku|murdagi|nazad|ago|ilgeri")
_AFTER = re.compile(r"ke?i+n|son|cherez|spustia")
_ALONE = re.compile(r"nazad|cherez|spustia")
_DAY_WORDS = re.compile(r"kun(du|don|dor)?|den|dnia|dnei|dni|sut(ki|ok)|days?")
_WEEK_WORDS = re.compile(r"apta(dan)?|juma(dan)?|nedel(ia|i|iu)|weeks?")
_MONTH_WORDS = re.compile(r"ai(dan)?|mesiac(a|ev)?|months?")
_YEAR_WORDS = re.compile(r"jil(dan)?|god(a|u)?|let|years?")
#: After a day or a year: "21-нчи", "1990-жылдын", "1990 г.р.", "21 числа".
_YEAR_MARK = re.compile(r"jil(i|da|din|inda|inin|ki|dik)?|god(a|u)?|gg?|gr|j|jj|let|year")
_FILLER = re.compile(
    r"kun(u|undo)?|chisl[oa]|v|s|go|e|oe|ogo|ia|i|nchi|inchi|unchu|nchu|chi|chu|da|de|do|ta|te|to|ni|nu|di|du|ti|tu|"
    r"men|r|t(uu|u)lgan(min)?|t(uu|u)lgam|rojden(a|ie|iia)?|rodils?ia|rodilas|data|ege|the|of|th|st|nd|rd|ai"
)


def read(text: str, today: dt.date | None = None, part: Part = Part.DAY) -> dt.date | Lack:
    """The date that the whole text is, or what is lacking. Of a `part` the rest is filled with the first."""
    if len(text) > LONGEST:
        return Lack.NO_DATE
    folded = commands.fold(numbers.plain(text))
    relative = _relative(folded, today, part)
    if relative is not None:
        return _cut(relative, part)
    return _Written(folded, part).date()


def _cut(date: dt.date, part: Part) -> dt.date:
    return date.replace(day=1, month=1) if part is Part.YEAR else date.replace(day=1) if part is Part.MONTH else date


# -- from today ---------------------------------------------------------------------------------------------


def _relative(folded: str, today: dt.date | None, part: Part) -> dt.date | None:
    if today is None:
        return None
    words = re.sub(r"[^\w]+", " ", folded).strip()
    days = _DAYS_FROM_TODAY.get(words, _DAYS_FROM_TODAY.get(_THAT_DAY.sub("", words)))
    if days is not None:
        return _moved(today, days)
    if part is Part.YEAR and words in _YEARS_FROM_NOW:
        return _safe(today.year + _YEARS_FROM_NOW[words], 1, 1)
    many = _many(words)
    if many is None:
        return None
    way, count, unit = many
    if _DAY_WORDS.fullmatch(unit):
        return _moved(today, way * count)
    if _WEEK_WORDS.fullmatch(unit):
        return _moved(today, way * count * 7)
    # "Two years ago" is no day, though it is a year.
    if _MONTH_WORDS.fullmatch(unit) and part <= Part.MONTH:
        month = today.year * 12 + today.month - 1 + way * count
        return _safe(month // 12, month % 12 + 1, 1)
    if _YEAR_WORDS.fullmatch(unit) and part is Part.YEAR:
        return _safe(today.year + way * count, 1, 1)
    return None


def _many(words: str) -> tuple[int, int, str] | None:
    """(-1 for ago and 1 for in, how many, of what) of "3 күн мурун", "неделю назад", "через два дня"."""
    tokens = words.split()
    before = [token for token in tokens if _BEFORE.fullmatch(token)]
    after = [token for token in tokens if _AFTER.fullmatch(token)]
    if bool(before) == bool(after):
        return None
    beside = {*before, *after, "tomu", "in", "mindan"}
    rest = [token for token in tokens if token not in beside]
    if not rest or len(rest) > 4:
        return None
    # "День назад" is one day; "күн мурун" wants its number.
    alone = 1 if any(_ALONE.fullmatch(token) for token in (*before, *after)) else None
    count = numbers.read(" ".join(rest[:-1])) if len(rest) > 1 else alone
    if count is None or count != int(count) or not 0 < count < 40_000:
        return None
    return (-1 if before else 1), int(count), rest[-1]


def _moved(today: dt.date, days: int) -> dt.date | None:
    date = dt.date.fromordinal(min(max(1, today.toordinal() + days), dt.date.max.toordinal()))
    return date if _EARLIEST <= date.year <= _LATEST else None


def _safe(year: int, month: int, day: int) -> dt.date | None:
    return dt.date(year, month, day) if _EARLIEST <= year <= _LATEST else None


# -- written out --------------------------------------------------------------------------------------------


class _Written:
    """Day, month and year, taken out of the words one by one."""

    def __init__(self, folded: str, part: Part) -> None:
        self._part = part
        self._numbers: list[str] = []
        self._month = 0
        self._year = ""
        self._strange = False
        self._collect(folded)

    def date(self) -> dt.date | Lack:
        """The date, or what is lacking."""
        if self._strange:
            return Lack.NO_DATE
        found = self._parts()
        if isinstance(found, Lack):
            return found
        year, month, day = found
        if not _EARLIEST <= year <= _LATEST or not 1 <= month <= 12:
            return Lack.IMPOSSIBLE
        try:
            return _cut(dt.date(year, month, day), self._part)
        except ValueError:
            return Lack.IMPOSSIBLE

    def _collect(self, folded: str) -> None:
        folded, self._month = months.taken(folded)
        tokens = re.findall(r"\d+|[^\W\d_]+|[^\s\w.,/'\"«»()]", folded)
        at = 0
        while at < len(tokens):
            token = tokens[at]
            after = tokens[at + 1] if at + 1 < len(tokens) else ""
            if token.isdigit():
                if not self._year and _YEAR_MARK.fullmatch(after):
                    self._year = token
                    at += 1
                else:
                    self._numbers.append(token)
            elif not (_FILLER.fullmatch(token) or _YEAR_MARK.fullmatch(token)):
                at = self._take_words(tokens, at)
            at += 1

    def _take_words(self, tokens: list[str], at: int) -> int:
        """A number in words: "двадцать первое", "жыйырма биринчи"."""
        for end in range(min(len(tokens), at + 6), at, -1):
            number = numbers.read(" ".join(tokens[at:end]))
            if number is not None and number == int(number) and 0 < number <= _LATEST:
                self._numbers.append(str(int(number)))
                return end - 1
        self._strange = True
        return at

    def _parts(self) -> tuple[int, int, int] | Lack:
        found = list(self._numbers)
        if self._month:
            return self._with_month(found)
        if self._year:
            return self._with_year(self._year, found)
        match found:
            case [first, second, third]:
                if len(first) == 4:
                    return int(first), int(second), int(third)
                return _full(third), int(second), int(first)
            case [first, second]:
                if len(first) == 4 or len(second) == 4:
                    year, month = (first, second) if len(first) == 4 else (second, first)
                    return self._of_month(_full(year), int(month))
                if self._part is Part.MONTH and int(second) > 12:
                    return self._of_month(_full(second), int(first))
                return Lack.YEAR
            case [only]:
                return self._run(only)
            case _:
                return Lack.NO_DATE

    def _with_month(self, found: list[str]) -> tuple[int, int, int] | Lack:
        if self._year:
            found = [*found, self._year]
        match found:
            case [first, second]:
                day, year = (second, first) if len(first) == 4 or (int(first) > 31 and len(second) < 3) else found
                return _full(year), self._month, int(day)
            case [only] if len(only) == 4 or only == self._year:
                return self._of_month(_full(only), self._month)
            case [_]:
                return Lack.YEAR
            case []:
                return Lack.DAY if self._part is Part.DAY else Lack.YEAR if self._part is Part.MONTH else Lack.NO_DATE
            case _:
                return Lack.NO_DATE

    def _with_year(self, year: str, found: list[str]) -> tuple[int, int, int] | Lack:
        match found:
            case []:
                return self._of_year(_full(year))
            case [month]:
                return self._of_month(_full(year), int(month))
            case [day, month]:
                return _full(year), int(month), int(day)
            case _:
                return Lack.NO_DATE

    def _of_month(self, year: int, month: int) -> tuple[int, int, int] | Lack:
        if not 1 <= month <= 12 or not _EARLIEST <= year <= _LATEST:
            return Lack.IMPOSSIBLE
        return (year, month, 1) if self._part <= Part.MONTH else Lack.DAY

    def _of_year(self, year: int) -> tuple[int, int, int] | Lack:
        if not _EARLIEST <= year <= _LATEST:
            return Lack.IMPOSSIBLE
        return (year, 1, 1) if self._part is Part.YEAR else Lack.MONTH if self._part is Part.MONTH else Lack.DAY

    def _run(self, digits: str) -> tuple[int, int, int] | Lack:
        """Digits without anything between: 21031990, 19900321, 210390, 031990, 1990."""
        match len(digits):
            case 8 if digits[:2] in ("19", "20") and int(digits[4:6]) <= 12 and not 1900 <= int(digits[4:]) <= _LATEST:
                return int(digits[:4]), int(digits[4:6]), int(digits[6:])
            case 8:
                return int(digits[4:]), int(digits[2:4]), int(digits[:2])
            case 6 if digits[2:4] in ("19", "20") and int(digits[:2]) <= 12:
                return self._of_month(int(digits[2:]), int(digits[:2]))
            case 6:
                return _full(digits[4:]), int(digits[2:4]), int(digits[:2])
            case 4:
                return self._of_year(int(digits))
            case 2 if self._part is Part.YEAR:
                return self._of_year(_full(digits))
            case _:
                return Lack.NO_DATE


def _full(year: str) -> int:
    if len(year) != 2:
        return int(year[:6])
    return int(year) + (2000 if int(year) <= _THIS_CENTURY else 1900)
