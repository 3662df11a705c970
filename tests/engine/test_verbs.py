"""A word about a promise is understood from anywhere, and its denial is not taken for it."""

from __future__ import annotations

import pytest

from bot.engine import verbs
from bot.engine.verbs import Said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("жөнөттүм", Said("sent")),
        ("jonottum", Said("sent")),
        ("Отправила!", Said("sent")),
        ("2000 жибердим", Said("sent", "2000")),
        ("Мен уже 2000 сом которуп койдум", Said("sent", "2000 сом")),
        ("перевёл ещё 1000 рублей", Said("sent", "1000 рублей")),
        ("жөнөттүм GMS72S", Said("sent", "GMS72S")),
        ("кийинкиге жылдыр", Said("date")),
        ("20-апрелге жылдырыңыз", Said("date", "20-апрелге")),
        ("перенести на 20 апреля", Said("date", "20 апреля")),
        ("позже", Said("date")),
        ("убадамды алып салыңыз", Said("withdraw")),
        ("снять обещание", Said("withdraw")),
        ("изменить", Said("amount")),
    ],
)
def test_it_is_read_with_what_stands_beside_it(text: str, said: Said) -> None:
    assert verbs.read(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "не отправил",
        "жөнөткөн жокмун",
        "отправил?",
        "/отправил",
        "5000 сом",
        "салам",
        "",
        "1",
        "я отправил сына в школу и он там учится хорошо",
        "жөнөттүм " * 40,
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert verbs.read(text) is None
