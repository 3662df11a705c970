"""Money by its names and signs, in Kyrgyz, Russian and Latin letters: `сомдон`, `₽`, `баксов`, `тг`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.engine.gifts import lexicon

#: Currencies that are taken, in the order in which they are suggested to somebody whose country is not known.
TAKEN = ("KGS", "RUB", "KZT", "USD", "EUR", "TRY", "KRW")

WORDS = lexicon.Lexicon(
    {
        "KGS": "сом, =с, =c, =сс, =kgs, =кгс, =см, =soms, сомик, =сома",
        "RUB": "рубл, =руб, =rub, =rur, =р, =ру, рубас, рублик, рубчик, =рублей, =rubley, =rubles",
        "KZT": "теңге, =kzt, =тг, =tg, =тнг, =tenge, =тенгеден",
        "USD": "доллар, =usd, бакс, =дол, =долл, dollar, dolar, =dollars, =bucks, долларык",
        "EUR": "евро, =eur, =euro, =euros, =еур",
        "TRY": "лира, =лир, =лиры, =try, =tl, =лирадан",
        "KRW": "=вон, =воны, =вонов, =вондон, =вонду, =вона, =krw, =won",
        # Known, and taken only where the house takes them: never mistaken for a thing.
        "UZS": "=сум, =сумов, =сумдан, =uzs, =сўм",
        "TJS": "сомони, =tjs",
        "GBP": "=gbp, фунт стерлингов, стерлинг, =pound, =pounds",
        "AED": "дирхам, дирхем, =aed",
        "CNY": "юань, =cny, =юаней, =rmb, =元",
        "JPY": "=jpy, иена, =йен, =иен, =円",
        "PLN": "злот, =pln",
        "UAH": "гривн, =uah, =гривен",
        "BYN": "=byn",
        "AZN": "манат, =azn",
        "CZK": "=czk, =крон, =кроны",
        "GEL": "=gel, =лари",
        "CHF": "=chf, франк",
        "INR": "=inr, рупи",
        "USDT": "=usdt, =btc, биткоин, биткойн, крипта",
    }
)
SIGNS = {
    "$": "USD", "₽": "RUB", "€": "EUR", "₸": "KZT", "₺": "TRY", "₩": "KRW", "⃀": "KGS", "£": "GBP", "¥": "CNY",
    "₴": "UAH", "₼": "AZN", "₾": "GEL", "₹": "INR", "₿": "USDT",
}  # fmt: skip
#: "Орус сому", "российских": whose money, where the word for it is used for several.
_WHOSE = (
    (re.compile(r"orus\w*|ros+i\w*|ruski\w*|rf"), "RUB"),
    (re.compile(r"kirgiz\w*|kirgizski\w*|nash\w*"), "KGS"),
    (re.compile(r"kazak\w*|kazah\w*"), "KZT"),
    (re.compile(r"turk\w*|turec\w*"), "TRY"),
    (re.compile(r"kore\w*"), "KRW"),
    (re.compile(r"beloru\w*|belar\w*"), "BYN"),
    (re.compile(r"ozbek\w*|uzbek\w*"), "UZS"),
)
#: Words that mean one currency only with a number before them: "с" is also "with", "р" a letter.
SHORT = frozenset({"s", "c", "r", "sm", "ru"})


def whose(word: str) -> str:
    """The currency of the country that this folded word names; "" where it names none."""
    return next((code for country, code in _WHOSE if country.fullmatch(word)), "")


def ordered(first: Sequence[str]) -> tuple[str, ...]:
    """Every currency that is taken, those of the person's country first."""
    return (*dict.fromkeys((*(code for code in first if code in TAKEN), *TAKEN)),)
