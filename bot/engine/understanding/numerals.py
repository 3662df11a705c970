"""The words for numbers, Kyrgyz and Russian, in whatever spelling: what each is worth and how it joins others."""

from __future__ import annotations

import functools
import re
from decimal import Decimal
from typing import NamedTuple

from bot.engine import commands
from bot.engine.understanding import spelling


class Numeral(NamedTuple):
    """One number word.

    `joins`: "unit", "teen", "ten", "hundred" stand after something larger; "times" (жүз) also takes a number before
    it; "scale" (миң) closes what stands before it; "counted" is a scale only after a number (5 тыс), "glued" only
    after digits (5к); "minute" is a scale only if it means no minutes; "half" adds one half; "whole" stands alone.
    """

    value: Decimal
    joins: str
    kyrgyz: bool = False


_KYRGYZ = {
    "whole": "нөл 0, ноль 0, нуль 0, ноля 0, нуля 0",
    "unit": "бир 1, эки 2, үч 3, төрт 4, беш 5, алты 6, жети 7, сегиз 8, тогуз 9, бирөө 1, экөө 2, үчөө 3, төртөө 4, "
    "бешөө 5, алтоо 6, жетөө 7",
    "ten": "он 10, жыйырма 20, отуз 30, кырк 40, кырык 40, элүү 50, алтымыш 60, жетимиш 70, сексен 80, токсон 90",
    "times": "жүз 100",
    "scale": "миң 1000, ming 1000, миллион 1000000, миллиард 1000000000",
    "half": "жарым 0.5",
}
_RUSSIAN = {
    "unit": "один 1, одна 1, одно 1, одну 1, одного 1, одной 1, два 2, две 2, двух 2, двум 2, двоих 2, двое 2, три 3, "
    "трёх 3, трём 3, трое 3, троих 3, четыре 4, четырёх 4, четверо 4, четверых 4, пять 5, пяти 5, пятеро 5, "
    "вдвоём 2, втроём 3, "
    "вчетвером 4, впятером 5, вшестером 6, шесть 6, "
    "шести 6, шестеро 6, семь 7, семи 7, семеро 7, восемь 8, восьми 8, девять 9, девяти 9",
    "teen": "десять 10, десяти 10, десяток 10, одиннадцать 11, двенадцать 12, тринадцать 13, четырнадцать 14, "
    "пятнадцать 15, шестнадцать 16, семнадцать 17, восемнадцать 18, девятнадцать 19, одиннадцати 11, двенадцати 12, "
    "тринадцати 13, четырнадцати 14, пятнадцати 15, шестнадцати 16, семнадцати 17, восемнадцати 18, девятнадцати 19",
    "ten": "двадцать 20, двадцати 20, тридцать 30, тридцати 30, сорок 40, сорока 40, пятьдесят 50, пятидесяти 50, "
    "писят 50, шестьдесят 60, шестидесяти 60, шисят 60, семьдесят 70, семидесяти 70, восемьдесят 80, восьмидесяти 80, "
    "девяносто 90, девяноста 90",
    "hundred": "сто 100, ста 100, сотня 100, сотню 100, двести 200, двухсот 200, триста 300, трёхсот 300, "
    "четыреста 400, пятьсот 500, шестьсот 600, семьсот 700, восемьсот 800, девятьсот 900",
    "scale": "тысяча 1000, тысячи 1000, тысяч 1000, тысячу 1000, тыща 1000, тыщи 1000, тыщу 1000, миллиона 1000000, "
    "миллионов 1000000, миллиарда 1000000000, миллиардов 1000000000",
    "counted": "тыс 1000, тыщ 1000, млн 1000000, лям 1000000, ляма 1000000, лимон 1000000, лимона 1000000, "
    "лимонов 1000000, млрд 1000000000",
    "glued": "к 1000, k 1000, кк 1000000",
    "minute": "мин 1000",
    "fixed": "полтора 1.5, полторы 1.5, полтораста 150, половина 0.5, половину 0.5, пол 0.5, полтысячи 500, "
    "полмиллиона 500000",
}
_ORDINAL = {
    "unit": "перв 1, втор 2, трет 3, четверт 4, четвёрт 4, пят 5, шест 6, седьм 7, восьм 8, девят 9",
    "teen": "десят 10, одиннадцат 11, двенадцат 12, тринадцат 13, четырнадцат 14, пятнадцат 15, шестнадцат 16, "
    "семнадцат 17, восемнадцат 18, девятнадцат 19",
    "ten": "двадцат 20, тридцат 30, сороков 40, пятидесят 50, шестидесят 60, семидесят 70, восьмидесят 80, девяност 90",
}
# ый, ой, ий; ая, ья; ое, ье; ого, его; ому, ему; ом, ем, ым, им; ую, ью; ые, ых: folded.
_RUSSIAN_ENDING = re.compile(r"(?:[aoi]?ia|[oe]?e|[oe]go|[oe]mu|[oei]m|[u]?iu|i?e|i?h|o?i)")
#: Kyrgyz endings after a number word, folded and without doubled letters: cases, ordinals, "about so many", "I am".
_KYRGYZ_ENDING = (
    "da|de|do|ta|te|to|dan|den|don|tan|ten|ton|ga|ge|go|ka|ke|ko|ni|nu|di|du|ti|tu|nin|nun|din|dun|tin|tun|i|u|si|su|"
    "nchi|nchu|inchi|unchu|nchisi|nchusu|inchisi|unchusu|dai|dei|doi|tai|tei|toi|damin|demin|tamin|temin|domin|tomin|biz|buz"
)
_INFLECTION = re.compile(_KYRGYZ_ENDING)
#: After digits the same, and the Russian "35-ти", "5-го", "2-й".
#: Not the "га" of hectares, nor the "м" of metres.
ENDING = re.compile(rf"(?!ga$)(?:{_KYRGYZ_ENDING}|chi|chu|chisi|chusu|ti|mi|h|i|ia|e|go|mu|oi|ogo|oe|ie|iu)")
#: Words of other things that look like an inflected or misspelled number: "together", "gold", "orphan", "cake", ...
_OTHERS = frozenset(spelling.words("бирге бирде алтын жетим жетиш жери кети бети жүзү семья честь писать соток они"))


def _fold(word: str) -> str:
    folded = _whole(word)
    return spelling.squeeze(folded) if len(folded) > 2 else folded


def _whole(word: str) -> str:
    # "миң" is a thousand and "мин" may be minutes: here folding must not make them one.
    return commands.fold(re.sub("ми[ңӊñ]", "ming", word))


def _table(groups: dict[str, str], *, kyrgyz: bool = False) -> dict[str, Numeral]:
    found: dict[str, Numeral] = {}
    for joins, entries in groups.items():
        for entry in entries.split(","):
            word, value = entry.split()
            found[_fold(word)] = Numeral(Decimal(value), joins, kyrgyz)
    return found


_ORDINALS = _table(_ORDINAL)
_NATIVE = _table(_KYRGYZ, kyrgyz=True)
_WORDS = _table(_RUSSIAN) | _NATIVE
_LONG = tuple((word, found) for word, found in _WORDS.items() if len(word) >= 4)
_SMALL = ("unit", "teen", "ten", "hundred")


@functools.lru_cache(maxsize=4096)
def numeral(word: str, *, slips: bool) -> Numeral | None:
    """The number this word is, if any; `slips` forgives one wrong letter in a word of four or more."""
    if not 1 <= len(word) <= 24:
        return None
    folded = _fold(word)
    if folded in _WORDS:
        return _WORDS[folded]
    if folded in _OTHERS:
        return None
    whole = _whole(word)
    for end in range(2, len(whole)):
        if (stem := spelling.squeeze(whole[:end])) in _NATIVE and _INFLECTION.fullmatch(whole[end:]):
            return _NATIVE[stem]
    for stem, found in _ORDINALS.items():
        if folded.startswith(stem) and _RUSSIAN_ENDING.fullmatch(folded[len(stem) :]):
            return found
    return _misspelled(folded) if slips else None


def _misspelled(folded: str) -> Numeral | None:
    # A letter too many makes other words ("алтын" is gold) more often than slips, so only long words may have one;
    # and "киши", people, must not become "тыщи", thousands.
    near = {
        found
        for word, found in _LONG
        if len(folded) >= 4
        and (len(word) >= 7 or (len(folded) <= len(word) and found.joins in _SMALL))
        and spelling.slips(folded, word) == 1
    }
    # "деять" may be nine or ten.
    return near.pop() if len(near) == 1 else None
