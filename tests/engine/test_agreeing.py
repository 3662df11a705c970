"""Yes and no as people say them, and what is neither."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import commands
from bot.engine.understanding import agreeing

YES = """
ооба, Ооба!, ОБА, ообо, ооба албетте, ооба, ооба, ия, ия ия, макул, макулмун, болот, туура, бар, каалайм, кошулам,
мейли, албетте, ооба рахмат, чоң рахмат ооба, ооба балам, ова, ооп, ооба бар, да есть, да да хорошо, да, Да.,
дааа, да да, да конечно, конечно, конечно да, ага,
угу, верно, давай, ок, ok, OK, окей, согласен, согласна, хочу, есть, правильно, точно, разумеется, да спасибо,
да пожалуйста, yes, Yes!, yep, y, ooba, oba, da, aga, 👍, 👍🏽, 👍👍, +, ++, ➕, ✅, ✔, ✔️, 👌, 💯, ооба 👍
"""
NO = """
жок, Жок., жо, жооок, жок рахмат, йок, joq, нет нету, жок болбойт, чоң рахмат жок, эмес, болбойт, каалабайм,
кошулбайм, макул эмесмин, макул эмес,
туура эмес, нет, Нет!, не, неа, нету, не надо, нет спасибо, спасибо нет, нет конечно, конечно нет, не хочу, не согласен,
не согласна, no, nope, n, jok, zhok, net, 👎, 👎🏻, -, –, ➖, ❌, ✖️, 🚫, жок 👎
"""
OTHERS = {
    "dont_know": "билбейм, bilbeim, билбедим, мен билбейм, не знаю, трудно сказать, затрудняюсь, не помню, хз",
    "none": "эч ким, никого, эч бири, эч нерсе, эч кандай, ничего, ни один, никакие, ничего из этого, none",
    "all": "баары, бардыгы, барын, все, всё, все перечисленное, all",
    "other": "башка, башкасы, другое, прочее, other",
    "refuse": "айткым келбейт, не хочу отвечать, отказываюсь",
    "": "да нет, жок эмес, бар эмес, не да, ооба жок, 5, суу, ❤️, 😀, 👍👎, +-, билем, оо, рахмат, спасибо, "
    "a b, ?, ',', дагы",
}


def listed(words: str) -> list[str]:
    return [word for each in words.replace("\n", " ").split(", ") if (word := each.strip())]


@pytest.mark.parametrize("typed", listed(YES))
def test_yes_is_yes(typed: str) -> None:
    assert agreeing.agrees(typed) is True
    assert agreeing.meaning(typed) == "yes"


@pytest.mark.parametrize("typed", listed(NO))
def test_no_is_no(typed: str) -> None:
    assert agreeing.agrees(typed) is False
    assert agreeing.meaning(typed) == "no"


@pytest.mark.parametrize(
    ("meaning", "typed"), [(name, each) for name, words in OTHERS.items() for each in listed(words)]
)
def test_what_is_neither_is_neither(meaning: str, typed: str) -> None:
    assert agreeing.meaning(typed) == meaning
    assert agreeing.agrees(typed) is None


@pytest.mark.parametrize(
    ("typed", "consents"),
    [
        ("ова", True),
        ("👍", True),
        ("кошулам", True),
        ("Да, согласна", True),
        ("хорошо", True),
        ("ок", True),
        ("жок, рахмат", False),
        ("👎", False),
        ("не согласен", False),
        # These say that there is something, which is no consent to anything.
        ("бар", None),
        ("Есть!", None),
        ("true", None),
        ("билбейм", None),
        ("", None),
    ],
)
def test_a_consent_is_a_yes_to_what_is_proposed(typed: str, consents: bool | None) -> None:
    assert agreeing.consents(typed) is consents


@pytest.mark.parametrize(("meaning", "known"), [("yes", commands.YES), ("no", commands.NO)])
def test_what_agrees_to_a_consent_agrees_to_a_question(meaning: str, known: frozenset[str]) -> None:
    assert {agreeing.meaning(word) for word in known} == {meaning}


@hypothesis.given(st.text(max_size=100))
def test_whatever_is_typed_it_means_something_known_or_nothing(typed: str) -> None:
    assert agreeing.meaning(typed) in {"", *agreeing.NAMES}
