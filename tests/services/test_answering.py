"""What the desk tells the mind of whoever writes."""

from __future__ import annotations

import pytest

from bot.services import answering


@pytest.mark.parametrize(
    ("address", "money"),
    [
        ("whatsapp:+996700123456", ("KGS",)),
        ("+79001234567", ("RUB",)),
        ("whatsapp:+77011234567", ("KZT",)),
        ("+821012345678", ("KRW",)),
        ("+905321234567", ("TRY",)),
        ("+4915112345678", ("EUR",)),
        ("+998901234567", ()),
        ("123456789", ()),
        ("", ()),
    ],
)
def test_a_number_suggests_the_money_of_its_country(address: str, money: tuple[str, ...]) -> None:
    assert answering.near(address) == money
