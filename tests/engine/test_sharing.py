"""What is forwarded: a card of the day that speaks of nobody, links into every channel, the text for relatives."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from bot import wording
from bot.engine import messages, sharing
from bot.engine.pledging import campaigns
from tests import talking

VOICE = wording.Voice()
DEADLINE = dt.date(2027, 5, 15)


def card(campaign: messages.Campaign, before: int, language: str = "ru") -> list[str]:
    """The card so many days before the deadline."""
    lines = sharing.card(campaign, DEADLINE - dt.timedelta(days=before))
    return VOICE.lines(lines, language).splitlines()


def promised(pledges: int, bags: int = 12) -> messages.Campaign:
    """The campaign with so many pledges, and so many bags among them."""
    campaign = talking.flows()[2]
    amounts = {("cement", "cement"): Decimal(bags), ("money", "RUB"): Decimal(5000)} if pledges else {}
    return dataclasses.replace(campaign, promised=amounts, pledges=pledges)


def test_the_card_says_how_far_it_is_and_how_long_it_goes_on() -> None:
    assert card(promised(43), 6) == [
        "Ашар: Чистая вода в село",
        "Уже 43 обещания",
        "Обещано: 12 мешков цемента; 5 000 рублей",
        "Нужно: Деньги; Рабочие руки (дни); Цемент (мешки).",
        "Осталось 6 дней",
    ]
    assert card(promised(43), 6, "ky")[-1] == "6 күн калды"


@pytest.mark.parametrize("pledges", [1, 9])
def test_while_they_are_few_neither_their_number_nor_their_gifts_are_told(pledges: int) -> None:
    said = " ".join(card(promised(pledges), 6))
    assert "Первые обещания уже есть" in said
    assert not any(told in said for told in ("12", "5 000", str(pledges) + " обещан"))


def test_nothing_is_asked_for_when_it_is_over() -> None:
    assert card(promised(43), 0)[-1] == "Сегодня последний день."
    late = card(promised(43), -1)
    assert not any("Осталось" in line or "последний" in line for line in late)
    over = card(dataclasses.replace(promised(43), state=campaigns.State.CANCELLED), 6)
    assert not any(line.startswith(("Нужно", "Осталось")) for line in over)


def test_links_of_every_channel_and_the_page_come_last() -> None:
    ways = ("https://t.me/ashar_bot?start=", "https://wa.me/14155238886?text=ashar%20")
    lines = (*sharing.invitation(promised(0)), *sharing.links("suu", ways, "https://ashar.example"))
    ky, _, ru = VOICE.lines(lines, "").partition("\n\n")
    assert "Айылга таза суу" in ky
    assert ru.splitlines()[-3:] == [
        "https://t.me/ashar_bot?start=a-suu",
        "https://wa.me/14155238886?text=ashar%20a-suu",
        "https://ashar.example/campaigns/suu",
    ]


def test_with_several_campaigns_it_is_asked_which() -> None:
    house = talking.house()
    other = dataclasses.replace(talking.flows()[2], name="kopuro", title={"ky": "Көпүрө", "ru": "Мост"})
    house.campaigns["kopuro"] = other
    person = talking.Person(house)
    person.say("/start", "2")
    asked = person.say("поделиться")
    assert [VOICE.say(option.label, "ru") for option in asked.reply.options] == ["Чистая вода в село", "Мост"]
    told = person.say("2")
    assert told.language == ""
    assert "Мост" in VOICE.lines(told.reply.lines, "ru")
    assert person.say("назад").talk.scene == "home"


def test_nothing_is_shared_of_what_takes_no_gifts() -> None:
    house = talking.house()
    house.close("suu")
    person = talking.Person(house)
    assert person.say("/start", "2", "поделиться").talk.scene == "home"
