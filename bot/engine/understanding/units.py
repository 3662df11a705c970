"""The words that people put around a number in an answer: their age, days of work, bags, "about"."""

from __future__ import annotations

import functools
import re

from bot.engine import form
from bot.engine.understanding import spelling

#: By name: what it measures ("" where things are merely counted), and its forms, folded.
_UNITS = {
    "year": ("time", "jash(ta|tan|tamin|ka|im|imda)?|let|god(a|u|ov|ik|ikov)?|jil(da|dan|dik)?"),
    "month": ("time", "ai(da|dan|lik)?|mes|mesiac(a|ev)?"),
    "week": ("time", "apta(dan|lik)?|jumada?n?|nedel(ia|i|iu)?"),
    "day": ("time", "kun(du|do|don|duk)?|den|dnia|dnei|dni|sut(ki|ok)"),
    "hour": ("time", "saat(tan|ta|tik)?|chas(a|ov|ik)?|ch"),
    "minute": ("time", "munot(to|ton|tuk)?|minut(a|i|u)?|min"),
    "kilogram": ("mass", "kg|kilo|kilogram+(a|ov)?"),
    "gram": ("mass", "gr|gram+(a|ov)?"),
    "tonne": ("mass", "ton+(a|i)?|t"),
    "centner": ("mass", "centner(a|ov)?"),
    "kilometre": ("length", "km|kilometr(a|ov)?|chakirim"),
    "metre": ("length", "m|metr(a|ov)?"),
    "centimetre": ("length", "sm|santimetr(a|ov)?"),
    "hectare": ("area", "ga|gektar(a|ov)?"),
    "are": ("area", "sotik|sot(ka|ki|ok|ih)"),
    "litre": ("volume", "l|litr(a|ov)?"),
    "cubic metre": ("volume", "kub(a|ov|ometr|ometra|ometrov)?|m3"),
    "bucket": ("volume", "chaka|vedro|vedra|veder"),
    "percent": ("share", "paiiz|procent(a|ov)?"),
    "bag": ("", "kap(chik)?|mushok|mishok|meshok|meshka|meshkov"),
    "person": ("", "kishi(biz)?|adam(biz)?|jan|chelovek(a)?|chel|liudei"),
    "child": ("", "bala(m|biz)?|baldar(im|ibiz)?|det(ei|i)|rebenok|rebenka"),
    "piece": ("", "da+na|sht|shtuk(a|i)?"),
    "time": ("", "jolu|raz(a)?|ret"),
    "head": ("", "golov(a|i)?"),
}
_FORMS = {name: re.compile(forms) for name, (_, forms) in _UNITS.items()}
#: Of a measured quantity these need not be named by the question: so age and labour are written.
_USUAL = frozenset({"year", "day"})
#: "I am", "we have", "about", "in all": they change nothing.
_AROUND = frozenset(
    spelling.words(
        "мен, мага, менин, менде, бизде, биздин, мне, у нас, меня, я, есть, бар, баары, болуп, болгону, болгон, всего, "
        "ровно, туура, жашым, около, примерно, где-то, гдето, болжол менен, болжолдуу, чамасы, чамада, чакты, жакын, "
        "номер, биз, мы, живём, жашайбыз, эле, гана, только"
    )
)
#: Money has many kinds, and none is taken for another: only what the question itself names may stand with a number.
_MONEY = re.compile(r"som|akcha|deng|dohod|kireshe|summ|stoim|baasi|rubl|dollar")


@functools.lru_cache(maxsize=512)
def _asked(question: form.Question) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a question and its hint, and the units they name."""
    said = {word for text in (question.label, question.hint) for each in text.values() for word in spelling.words(each)}
    named = {name for name, forms in _FORMS.items() for word in said if len(word) > 1 and forms.fullmatch(word)}
    # "Жашыңыз", "возраст", "минуттан", "метрге": endings that the forms of an answer do not have.
    named |= {name for name, stem in _STEMS for word in said if word.startswith(stem)}
    return frozenset(said), frozenset(named)


_STEMS = (
    ("year", "jash"), ("year", "vozrast"), ("month", "mesiac"), ("week", "nedel"), ("week", "apta"), ("hour", "saat"),
    ("minute", "minut"), ("minute", "munot"), ("kilogram", "kilogramm"), ("tonne", "tonn"), ("kilometre", "kilometr"),
    ("kilometre", "chakirim"), ("metre", "metr"), ("hectare", "gektar"), ("are", "sotik"), ("litre", "litr"),
    ("percent", "procent"), ("percent", "paiiz"),
)  # fmt: skip


def fits(question: form.Question, word: str) -> bool:
    """True where this folded word may stand beside a number that answers the question, and change nothing in it."""
    if word in _AROUND:
        return True
    said, named = _asked(question)
    unit = next((name for name, forms in _FORMS.items() if forms.fullmatch(word)), "")
    if unit:
        measures = _UNITS[unit][0]
        alike = {name for name in named if _UNITS[name][0] == measures}
        # "30 минут" is no answer to "how many hours?", nor to a question that leaves the unit open.
        return not measures or unit in alike or (not alike and unit in _USUAL)
    # "12 коров" to "Сколько у вас коров?"
    stem = word[: max(3, len(word) - 3)]
    return len(word) >= 3 and any(each.startswith(stem) for each in said)


@functools.lru_cache(maxsize=512)
def in_thousands(question: form.Question) -> bool:
    """True where the question wants its number in thousands or millions: then "5 миң" may be 5 of them or 5000.

    "Мисалы: 5 миң" is an example and says nothing of the kind.
    """
    said = " ".join(each for text in (question.label, question.hint) for each in text.values()).casefold()
    return re.search(r"(?<!\d)(?<!\d\s)\b(миң|тыс|тысяч|млн|миллион)", said) is not None


def means_minutes(question: form.Question) -> bool | None:
    """Whether "5 мин" is so many minutes here (True) or thousands of money (False); None where nothing tells."""
    said, named = _asked(question)
    minutes = bool(named & {"minute", "hour"})
    money = any(_MONEY.match(word) for word in said)
    return minutes if minutes != money else None
