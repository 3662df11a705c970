"""A message as its tokens: numbers, folded words and signs, each knowing where it stood."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from bot.engine import commands
from bot.engine.understanding import numbers, spelling

_NEW_LINE = re.compile(r"[\r\n]+")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’ʼ`][^\W\d_]+)*|\d+(?:[.,/]\d+)*|\S")
#: What people shorten, written out so that the number's reader knows it: "5 т.р.", "5т сом", "1/2", "к 15 мая".
_SHORT = (
    (re.compile(r"(?<=\d) ?т\.? ?р(?![^\W\d_])\.?"), " тыс руб "),
    (re.compile(r"(?<=\d) ?[тt]\.? (?=(?:сом|som|руб|rub|долл|тенге))"), " тыс "),
    (re.compile(r"(?<![\d/])1/2(?![\d/])"), "0.5"),
    (re.compile(r"(?<![\d/])([13])/4(?![\d/])"), lambda found: "0.25" if found[1] == "1" else "0.75"),
    # A "к" that stands apart before a day, a month or a feast is "by", and no thousand.
    (re.compile(r"(?<=\d) +к(?= +(?!сом|руб|долл|тенге|евро|лир|вон|жана|и )[^\W_])"), " ко"),
    (re.compile(r"\b(бир|эки|үч|уч|төрт|торт|беш|алты|жети|сегиз|тогуз)(?=(?:жүз|жуз|миң)\b)"), r"\1 "),
    (re.compile(r"\bпол(?=(?:дня|мешка|тонны|куба|камаза|метра|часа|капа)\b)"), "пол "),
    (re.compile(r"\bна (?=(?:день|неделю|месяц)\b)"), "на 1 "),
    # A list that somebody numbered; and what is printed on a sack or measures a rod, and no amount.
    (re.compile(r"(?:^|(?<=[\s;]))[1-9]\) *|(?:^|(?<=; ))[1-9]\. +(?=\S)"), "; "),
    (re.compile(r"\b[мm][- ]?\d{3}\b|\bмарка\w*[ -]?\d{3}\b|(?<![\d.,])\d{1,4} ?(?:мм|mm)\w*"), " "),
    # "Семьи" is a family, and no seven; "dvadtsat" is spelt with a c where numbers are known.
    (re.compile(r"\bсемь(?:и|ёй|ей|е|ям)\b"), " "),
    (re.compile(r"(?<=d)ts(?=[a-z])|\bts(?=[a-z])"), "c"),
    # "5000 (беш миң) сом" says it twice; "ар бир үйдөн" names no one, and "№5" is a house.
    (re.compile(r"\(([^\d()]{2,60})\)"), lambda found: found[0] if numbers.read(found[1]) is None else " "),
    (re.compile(r"\bар бир (?!ай|жума|апта|күн|кун)"), "ар "),
    (re.compile(r"\bno ?\d{1,4}\b"), " "),
    # Without its ң, before money: no minutes.
    (re.compile(r"\bмин(?= ?(?:сом|руб|тенге|долл|вон|евро|лир))"), "миң"),
    # A million by its by-name, without "one".
    (re.compile(r"(?:^|(?<=[;,|] )|(?<=жана )|(?<=\bи ))(?=(?:лимон|лям) ?(?:сом|руб|$|[;,]))"), "1 "),
    (re.compile(r"\bкосар(?:ь|я|ей|ик\w*)\b"), "тысяч"),
    # "5000 p", typed with the Latin letter, and a dollar sign with its country.
    (re.compile(r"(?<=\d) ?p(?![^\W_])"), " р"),
    (re.compile(r"\bus ?(?=\$)"), ""),
    # "A little", "something" are not one, and Russian "he" is not Kyrgyz ten.
    (re.compile(r"\bбир (?=(?:аз|нече|нерсе|топ|кыйла|канча))"), "бир"),
    (re.compile(r"\bон (?=[а-я]+(?:т|ть|л|ет|ит)\b|тоже\b)"), ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A number (`readings`, the larger first), a word (`text` folded, without doubled letters) or a sign."""

    text: str
    start: int
    end: int
    readings: tuple[Decimal, ...] = ()
    #: Its letters as they stood, small.
    raw: str = ""
    #: True where nothing stands between it and the one before.
    glued: bool = False

    @property
    def is_word(self) -> bool:
        """Whether it is a word, and no number or sign."""
        return not self.readings and self.raw[:1].isalpha()


@dataclass(frozen=True, slots=True)
class Line:
    """A message of one person. `plain` is its text with one kind of digits, spaces and letters."""

    plain: str
    tokens: tuple[Token, ...]

    def said(self, tokens: list[Token] | tuple[Token, ...]) -> str:
        """The words between the first and the last of these tokens, as they stood."""
        return self.plain[tokens[0].start : tokens[-1].end] if tokens else ""


def plain(text: str) -> str:
    """A text with one kind of digits, spaces and letters; a new line parts like a semicolon."""
    return numbers.plain(_NEW_LINE.sub(" ; ", text.strip()))


def line(text: str, known: Callable[[str], bool] = lambda _word: False) -> Line:
    """Take a text apart. No word for which `known` holds (folded) is taken for a misspelt number: "отун", "отуз"."""
    words = plain(text)
    for short, long in _SHORT:
        words = short.sub(long, words)
    words = words[: numbers.LONGEST]
    found = numbers.find(words, slips=True)
    spelled = any(any(c.isalpha() for c in words[each.start : each.end]) for each in found)
    exact = numbers.find(words) if spelled else found
    if found != exact:
        certain = {(each.start, each.end) for each in exact}
        guessed = " ".join(words[each.start : each.end] for each in found if (each.start, each.end) not in certain)
        if any(known(fold(word)) for word in guessed.split()):
            found = exact
    tokens: list[Token] = []
    at = 0
    for number in found:
        tokens += _apart(words, at, number.start)
        tokens.append(_number(words, number))
        at = number.end
    tokens += _apart(words, at, len(words))
    return Line(words, tuple(_with_glue(tokens)))


@functools.lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """A word in the one spelling of this room: folded, without doubled letters."""
    return spelling.squeeze(commands.fold(word))


def _number(plain: str, number: numbers.Found) -> Token:
    raw = plain[number.start : number.end]
    # "15.05" may yet be a day, so digits stay as they stand; number words are worth what they say.
    value = number.readings[0]
    text = raw if re.fullmatch(r"[\d.,]+", raw) else format(value.normalize(), "f") if value else "0"
    return Token(text, number.start, number.end, number.readings, raw)


def _apart(plain: str, start: int, end: int) -> list[Token]:
    return [
        # Only words lose doubled letters: 22.11 is no 2.1.
        Token(fold(each[0]) if each[0][0].isalpha() else each[0], each.start(), each.end(), (), each[0])
        for each in _TOKEN.finditer(plain, start, end)
    ]


def _with_glue(tokens: list[Token]) -> list[Token]:
    ends = [-1, *(token.end for token in tokens)]
    return [
        Token(token.text, token.start, token.end, token.readings, token.raw, token.start == end)
        for token, end in zip(tokens, ends, strict=False)
    ]
