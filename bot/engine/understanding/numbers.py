"""Numbers as people write them: `5`, `беш`, `1 250,50`, `5 миң`, `полторы тысячи`, `два с половиной`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from bot.engine import commands
from bot.engine.understanding import numerals

#: No longer text is searched: whoever writes more does not write a number.
LONGEST = 400

_FRACTIONS = {"½": "5", "¼": "25", "¾": "75"}
_TOKEN = re.compile(
    r"(?P<digits>(?<![\d.,])\d{1,3}(?:[ ']\d{3})+(?![\d'])(?:[.,]\d+)*|\d+(?:[.,]\d+)*)"
    r"|(?P<word>[^\W\d_]+(?:['’ʼ`][^\W\d_]+)*)"
    r"|(?P<sign>\S)"
)
_MINUS = frozenset("-−–")
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Found:
    """A number in `plain(text)[start:end]`. Two readings where it could be either, the larger first: "5.000"."""

    readings: tuple[Decimal, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int
    #: True where nothing stands between it and the one before.
    glued: bool


def read(text: str) -> Decimal | None:
    """The number that the whole text is; None where it is none, several, or could be either of two."""
    found = find(text, slips=True)
    if len(found) != 1 or len(found[0].readings) != 1:
        return None
    words = plain(text)
    around = words[: found[0].start] + words[found[0].end :]
    return found[0].readings[0] if not around.strip(" .!?") else None


def find(text: str, *, slips: bool = False) -> tuple[Found, ...]:
    """Every number in a text, from left to right. `slips` forgives a wrong letter in a number word."""
    tokens = _tokens(plain(text))
    found: list[Found] = []
    at = 0
    while at < len(tokens):
        reader = _Reader(tokens, at, slips=slips)
        if reader.readings:
            found.append(Found(reader.readings, tokens[at].start, tokens[reader.end - 1].end))
            at = reader.end
        else:
            at += 1
    return tuple(found)


def plain(text: str) -> str:
    """The text as it is searched: one kind of digits, of spaces and of letters, small."""
    # ½ would become 1⁄2 and ² a 2: "2½" is no 21⁄2 and "5²" no 52.
    halves = re.sub(r"(\d*) ?([½¼¾])", lambda m: f"{m[1] or 0}.{_FRACTIONS[m[2]]}", text[:LONGEST])
    return unicodedata.normalize("NFKC", "".join(map(_digit, halves))).casefold()


def _digit(character: str) -> str:
    match unicodedata.category(character):
        case "Nd":
            return str(unicodedata.digit(character))
        case "No":
            return "^"
        case "Zs" | "Cc":
            return " "
        case _:
            return character


def _tokens(words: str) -> list[_Token]:
    end = -1
    found: list[_Token] = []
    for match in _TOKEN.finditer(words):
        found.append(_Token(str(match.lastgroup), match[0], match.start(), match.end(), match.start() == end))
        end = match.end()
    return found


def _literal(text: str) -> tuple[Decimal, ...]:
    """What digits with points and commas may mean; () for a date, an address or nothing.

    A point or comma before exactly three digits may part thousands or decimals, and that is not guessed.
    """
    grouped = " " in text or "'" in text
    text = text.replace(" ", "").replace("'", "")
    if len(text) > 18:
        return ()
    *front, last = re.split("[.,]", text)
    signs = [c for c in text if c in ".,"]
    if not front:
        return (Decimal(last),)
    thousands = len(front[0]) <= 3 and front[0] != "0" and all(len(part) == 3 for part in front[1:])
    if len(front) == 1:
        decimal = Decimal(f"{front[0]}.{last}")
        may_be_thousands = thousands and not grouped and len(last) == 3 and front[0][0] != "0"
        return (Decimal(front[0] + last), decimal) if may_be_thousands else (decimal,)
    if not thousands or grouped or len(set(signs[:-1])) > 1:
        return ()
    if signs[-1] != signs[0]:
        return (Decimal(f"{''.join(front)}.{last}"),)
    return (Decimal("".join(front) + last),) if len(last) == 3 else ()


class _Reader:
    """One number, read from a place on as far as it goes: thousands, then hundreds, tens and units."""

    def __init__(self, tokens: list[_Token], at: int, *, slips: bool) -> None:
        self.tokens = tokens
        self.slips = slips
        #: Behind the last token that belongs to it.
        self.end = at
        #: Closed thousands; what stands before the next "thousand", and the least rank in it; the last "thousand".
        self.total: tuple[Decimal, ...] = (_NOTHING,)
        self.group: tuple[Decimal, ...] | None = None
        self.least = 1000
        self.scale = Decimal("Infinity")
        self.begun = at
        self.minutes = False
        self.russian = False
        start = at
        if self._negative(at):
            start = self.end = at + 1
        self._read()
        self.readings = self._result(negative=start != at) if self.end > start else ()

    def _negative(self, at: int) -> bool:
        token = self.tokens[at]
        # Only the first of all: in "34-35" it is no minus.
        return at == 0 and (token.text in _MINUS or commands.fold(token.text) == "minus")

    def _read(self) -> None:
        while self.end < len(self.tokens):
            token, at = self.tokens[self.end], self.end
            if token.kind == "digits":
                if not self._take_digits(token):
                    return
            elif token.kind == "word":
                found = numerals.numeral(token.text, slips=self.slips)
                if found is None:
                    if not self._take_half():
                        return
                elif not self._take(found, token):
                    return
            elif not self._is_inner_hyphen(token):
                return
            if self.end == at:
                self.end += 1

    def _is_inner_hyphen(self, token: _Token) -> bool:
        """In "двадцать-один" and "жыйырма-бир", but not in "отуз-кырк" or "тысяча-две"."""
        after = self.tokens[self.end + 1] if self.end + 1 < len(self.tokens) else None
        if token.text not in _MINUS or after is None or after.kind != "word" or self.least != 10:
            return False
        found = numerals.numeral(after.text, slips=self.slips)
        return found is not None and found.joins == "unit" and found.value > 0

    def _take_digits(self, token: _Token) -> bool:
        values = _literal(token.text)
        if self.group is not None or not values or max(values) >= self.scale:
            return False
        # "миң 500" goes on with a space; "1000500" would be one literal.
        self._open(values, least=0)
        self._skip_ending()
        return True

    def _skip_ending(self) -> None:
        """The ending of "35те" and "35-ти" belongs to the number."""
        at = self.end + 1
        if at + 1 < len(self.tokens) and self.tokens[at].text in _MINUS and self.tokens[at].glued:
            at += 1
        if at < len(self.tokens) and self.tokens[at].glued and self.tokens[at].kind == "word":
            text = self.tokens[at].text
            if numerals.numeral(text, slips=False) is None and numerals.ENDING.fullmatch(commands.fold(text)):
                self.end = at + 1

    def _open(self, values: tuple[Decimal, ...], least: int) -> None:
        self.group, self.least, self.begun = values, least, self.end

    def _take(self, found: numerals.Numeral, token: _Token) -> bool:
        taken = _JOIN[found.joins](self, found, token)
        if taken and found.joins != "minute":
            self.minutes = False
            self.russian = not found.kyrgyz
        return taken

    def _join(self, value: Decimal, over: int, least: int) -> bool:
        """Add a number word to those before it, of which each is larger: 100, 20, 5."""
        if self.group is None:
            if value >= self.scale or (self.scale.is_finite() and not value):
                return False
            self._open((value,), least)
        elif self.least > over and value:
            self.group = tuple(each + value for each in self.group)
            self.least = least
        else:
            return False
        return True

    def _unit(self, found: numerals.Numeral, _token: _Token) -> bool:
        return self._join(found.value, 1, 1)

    def _teen(self, found: numerals.Numeral, _token: _Token) -> bool:
        return self._join(found.value, 10, 1)

    def _ten(self, found: numerals.Numeral, _token: _Token) -> bool:
        return self._join(found.value, 10, 10)

    def _hundred(self, found: numerals.Numeral, _token: _Token) -> bool:
        return self._join(found.value, 1000, 100)

    def _fixed(self, found: numerals.Numeral, _token: _Token) -> bool:
        """Полтора, ноль: nothing is added to them, though "thousand" may follow."""
        if self.group is not None or self.scale.is_finite():
            return False
        self._open((found.value,), least=0)
        return True

    def _times(self, found: numerals.Numeral, token: _Token) -> bool:
        if self.group is None:
            return self._hundred(found, token)
        if not all(each == each.to_integral_value() and 1 <= each <= 9 for each in self.group):
            return False
        self.group, self.least = tuple(each * found.value for each in self.group), 100
        return True

    def _half(self, found: numerals.Numeral, token: _Token) -> bool:
        if self.group is None:
            return self._fixed(found, token)
        if self.scale.is_finite() or any(each != each.to_integral_value() for each in self.group):
            return False
        self.group, self.least = tuple(each + found.value for each in self.group), 0
        return True

    def _take_half(self) -> bool:
        """«с половиной» behind a number."""
        rest = [commands.fold(token.text) for token in self.tokens[self.end : self.end + 2]]
        if self.group is None or rest != ["s", "polovinoi"]:
            return False
        if self._half(numerals.Numeral(Decimal("0.5"), "half"), self.tokens[self.end]):
            self.end += 2
            return True
        return False

    def _thousand(self, found: numerals.Numeral, token: _Token) -> bool:
        if found.value >= self.scale:
            # "тысяча две тысячи" are two numbers, and the second begins before its "two".
            if self.group is not None:
                self.end, self.group = self.begun, None
            return False
        if self.group is None:
            if self.scale.is_finite() or found.joins in ("counted", "glued", "minute"):
                return False
            self.group = (Decimal(1),)
        previous = self.tokens[self.end - 1]
        if found.joins == "glued" and previous.kind != "digits":
            return False
        if found.joins == "minute":
            self.minutes = previous.kind == "digits" or self.russian
        self.total = tuple(t + g * found.value for t in self.total for g in self.group)
        self.scale, self.group, self.least = found.value, None, 1000
        return True

    def _result(self, *, negative: bool) -> tuple[Decimal, ...]:
        values = tuple(t + g for t in self.total for g in (self.group or (_NOTHING,)))
        if self.minutes and self.group is None and len(values) == 1:
            # Nothing tells whether "5 мин" is five thousand or five minutes.
            values = (values[0], values[0] / 1000)
        return tuple(-value for value in values) if negative else values


_JOIN: dict[str, Callable[[_Reader, numerals.Numeral, _Token], bool]] = {
    "unit": _Reader._unit,
    "teen": _Reader._teen,
    "ten": _Reader._ten,
    "hundred": _Reader._hundred,
    "times": _Reader._times,
    "half": _Reader._half,
    "fixed": _Reader._fixed,
    "whole": _Reader._fixed,
    "scale": _Reader._thousand,
    "counted": _Reader._thousand,
    "glued": _Reader._thousand,
    "minute": _Reader._thousand,
}
