"""A promise is said in one message and written down once, whatever becomes of its campaign meanwhile."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from bot import wording
from bot.channels import composing, plain
from bot.engine import conversation, happenings, messages, state
from bot.engine.pledging import campaigns
from tests import talking

VOICE = wording.Voice()
#: To the first question, in Russian.
AGREED = ("2",)


def text(turn: conversation.Turn) -> str:
    return plain.numbered(composing.compose(VOICE, turn.reply, turn.language))


def kinds(turn: conversation.Turn) -> list[str]:
    return [type(event).__name__ for event in turn.events]


def pledged(turn: conversation.Turn) -> list[happenings.Pledged]:
    return [event for event in turn.events if isinstance(event, happenings.Pledged)]


@pytest.fixture
def person() -> talking.Person:
    """Somebody who is asked in Russian what they would give."""
    person = talking.Person()
    person.send("start", start="a-suu")
    person.say(*AGREED)
    return person


CHANNELS = ("telegram", "whatsapp", "sms", "web", "terminal")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("agrees", "gift"),
    [
        ("1", "5000 сом жана 20 кап цемент, 15-апрелге чейин"),
        ("2", "5000 сомов и 20 мешков цемента до 15 апреля"),
    ],
)
def test_a_pledge_takes_a_new_person_four_messages_the_link_being_the_first(
    channel: str, agrees: str, gift: str
) -> None:
    person = talking.Person(channel=channel)
    person.send("start", start="a-suu")
    turn = person.say(agrees, gift, "1")
    assert [str(each.offer.quantity) for each in pledged(turn)] == ["5000", "20"]
    assert {each.steps[-1].due for each in pledged(turn)} == {dt.date(2027, 4, 15)}


def test_several_in_one_message_are_one_consent_and_as_many_codes(person: talking.Person) -> None:
    turn = person.say("5000 сом, 20 мешков цемента и 3 дня", "да")
    assert kinds(turn) == ["Pledged", "Pledged", "Pledged", "Finished"]
    assert len({each.code for each in pledged(turn)}) == len({each.pledge for each in pledged(turn)}) == 3
    assert all(each.code in text(turn) for each in pledged(turn))


def test_a_second_tap_writes_nothing_twice(person: talking.Person) -> None:
    shown = person.say("5000 сом").reply
    assert kinds(person.send("1", tap=(shown.tag, shown.step))) == ["Pledged", "Finished"]
    assert kinds(person.send("1", tap=(shown.tag, shown.step))) == []
    assert len(person.house.pledges) == 1


def test_an_old_yes_is_not_to_another_offer(person: talking.Person) -> None:
    old = person.say("5000 сом").reply
    person.say("50000 сом")
    assert kinds(person.send("1", tap=(old.tag, old.step))) == []
    assert "50 000" in text(person.say("помощь"))


def test_an_old_choice_of_a_currency_settles_no_other_doubt(person: talking.Person) -> None:
    old = person.say("5000 и 7000").reply
    person.send("1", tap=(old.tag, old.step))
    turn = person.send("1", tap=(old.tag, old.step))
    assert "7 000 — в какой валюте" in text(turn)


def test_a_campaign_changed_meanwhile_is_looked_at_again(person: talking.Person) -> None:
    person.say("5000 сом")
    suu = person.house.campaigns["suu"]
    person.house.campaigns["suu"] = dataclasses.replace(suu, version="1" * 16, deadline=dt.date(2027, 4, 1))
    turn = person.say("1")
    assert (kinds(turn), person.house.pledges) == ([], {})
    assert "что-то изменилось" in text(turn)
    assert "1 апреля 2027" in text(turn)
    assert kinds(person.say("1")) == ["Pledged", "Finished"]


def test_what_a_campaign_needs_no_more_is_not_promised(person: talking.Person) -> None:
    person.say("20 мешков цемента")
    suu = person.house.campaigns["suu"]
    left = tuple(need for need in suu.needs if need.name != "cement")
    person.house.campaigns["suu"] = dataclasses.replace(suu, needs=left, version="1" * 16)
    turn = person.say("1")
    assert (kinds(turn), person.house.pledges) == ([], {})
    assert "Чем хотите помочь" in text(turn)


def test_what_was_chosen_and_can_be_no_more_is_asked_again(person: talking.Person) -> None:
    person.say("4000000")
    assert "4 000 000 рублей" in text(person.say("2"))
    person.house.worth = {"RUB": messages.Rate(Decimal(2), dt.date(2027, 3, 1))}
    turn = person.say("1")
    assert (kinds(turn), person.house.pledges) == ([], {})
    assert "в какой валюте" in text(turn)


@pytest.mark.parametrize(
    "said", [(), ("5000",), ("5000 сом",), ("5000 сом", "2"), ("5000 сом", "3"), ("3 дня", "3", "2")]
)
def test_a_closed_campaign_takes_nothing_wherever_one_stands(person: talking.Person, said: tuple[str, ...]) -> None:
    if said:
        person.say(*said)
    person.house.close("suu")
    turn = person.say("1")
    assert kinds(turn) == ["Discarded"]
    assert "закрыт" in text(turn)
    assert not person.house.responses


def test_what_money_is_worth_is_said_where_a_rate_is_known(person: talking.Person) -> None:
    assert "≈" not in text(person.say("100$"))
    person.house.worth = {"USD": messages.Rate(Decimal("87.45"), dt.date(2027, 3, 1))}
    said = text(person.say("100$"))
    assert "100 долларов (≈ 8 745 сомов)" in said
    assert "17 метров трубы" in said


def test_the_country_only_orders_the_suggestions(person: talking.Person) -> None:
    person.house.near = ("KZT", "RUB")
    said = text(person.say("5000"))
    assert "1. 5 000 тенге\n2. 5 000 рублей" in said
    assert kinds(person.say("1")) == []


@pytest.mark.parametrize("before", [("5000",), ("5000-6000 сом",), ("5000 сом",), ("5000 сом", "2")])
@pytest.mark.parametrize("said", ["100$", "100 usd", "100 долларов"])
def test_another_gift_is_one_however_it_is_written(person: talking.Person, before: tuple[str, ...], said: str) -> None:
    assert "100 долларов. Срок" in text(person.say(*before, said))


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("1000 сом через месяц", "1 000 сомов. Срок: 1 апреля"),
        ("ай сайын 1000 сомдон жарым жыл", "1 000 сомов. Срок: каждый месяц (месяцев: 6)"),
        ("10 мешков цемента", "10 мешков цемента. Срок: 15 мая"),
        ("3 дня работы завтра", "3 дня работы. Срок: 2 марта"),
        ("3 дня", "5 000 сомов. Срок: 4 марта"),
        ("через 3 дня", "5 000 сомов. Срок: 4 марта"),
        ("3 күндөн кийин", "5 000 сомов. Срок: 4 марта"),
    ],
)
def test_asked_when_another_gift_is_no_day_of_this_one(person: talking.Person, said: str, back: str) -> None:
    assert back in text(person.say("5000 сомов", "2", said))


@pytest.mark.parametrize("said", ["3", "напишу иначе", "Башкача жазам.", "нет"])
def test_to_write_it_otherwise_can_be_typed(person: talking.Person, said: str) -> None:
    assert "Чем хотите помочь" in text(person.say("5000-6000 сом", said))


@pytest.mark.parametrize("said", ["3", "Другая валюта", "башка акча", "другая"])
def test_other_money_can_be_typed(person: talking.Person, said: str) -> None:
    assert "1. 5 000 тенге" in text(person.say("5000", said))


def test_a_gift_a_month_is_a_pledge_for_each(person: talking.Person) -> None:
    turn = person.say("1000 сом каждый месяц полгода", "1")
    days = [each.steps[-1].due for each in pledged(turn)]
    assert days == [dt.date(2027, month, 1) for month in range(4, 10)]
    assert {each.offer for each in pledged(turn)} == {messages.Offer("money", Decimal(1000), "KGS")}


def test_nobody_promises_hundreds_of_things_with_one_yes(person: talking.Person) -> None:
    turn = person.say("1 сом, 2 сом, 3 сом, каждый месяц 3 года", "1")
    assert (kinds(turn), person.house.pledges) == ([], {})
    assert "не больше" in text(turn)


@pytest.mark.parametrize("where", [(), ("5000",), ("5000 сом",), ("5000 сом", "3", "2")])
def test_a_card_is_warned_of_and_not_kept(person: talking.Person, where: tuple[str, ...]) -> None:
    if where:
        person.say(*where)
    turn = person.say("500 сом, карта 4169 5853 5555 1234")
    assert "номер карты" in text(turn)
    assert "5853" not in json.dumps(state.to_plain(person.response))
    assert "5853" not in text(turn)


def test_a_form_of_an_earlier_program_still_takes_a_promise() -> None:
    survey = [
        {"type": "select_one needs", "name": "what", "label": {"ky": "Эмне?", "ru": "Что?"}, "__row__": 2},
        {"type": "select_one yes_no", "name": "confirm", "label": {"ky": "Макулбу?", "ru": "Верно?"}, "__row__": 3},
    ]
    yes_no = [{"list_name": "yes_no", "name": each, "label": {"ky": each, "ru": each}} for each in ("yes", "no")]
    needs: list[dict[str, object]] = [{"name": "money", "label": {"ky": "Акча", "ru": "Деньги"}}]
    settings = [{"form_id": "pledge", "form_title": {"ky": "Салым", "ru": "Вклад"}, "ashar::emits": "pledge"}]
    old = talking.made({"settings": settings, "survey": survey, "choices": yes_no}, needs=needs)
    house = talking.House()
    house.forms |= {old.version: old}
    house.campaigns["suu"] = dataclasses.replace(house.campaigns["suu"], form=old.version)
    person = talking.Person(house)
    person.send("start", start="a-suu")
    assert kinds(person.say(*AGREED, "5000 сом", "1")) == ["Pledged", "Finished"]


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("5000", lambda house: setattr(house, "phone", "")),
        ("3 дня", lambda house: house.clock.forward(days=3)),
    ],
)
def test_a_pledge_waits_where_it_was_left(
    person: talking.Person, said: str, then: Callable[[talking.House], None]
) -> None:
    before = text(person.say(said))
    then(person.house)
    assert "Вы хотели помочь ашару" in text(person.say("привет"))
    assert text(person.say("да")) == before


def test_the_day_that_is_shown_is_the_day_that_is_taken(person: talking.Person) -> None:
    suu = person.house.campaigns["suu"]
    # The campaign's own day is among those on which wages are paid.
    person.house.campaigns["suu"] = dataclasses.replace(suu, deadline=dt.date(2027, 3, 10))
    asked = person.say("5000 сом после зарплаты")
    shown = [line for line in text(asked).splitlines() if "До " in line]
    assert shown[-1] == "4. До 25 марта 2027 г."
    turn = person.say("4", "1")
    assert [each.steps[-1].due for each in pledged(turn)] == [dt.date(2027, 3, 25)]


def test_an_offer_at_the_menu_leads_to_those_campaigns_that_can_take_it() -> None:
    house = talking.House()
    suu = house.campaigns["suu"]
    bridge = dataclasses.replace(suu, name="bridge", title={"ky": "Көпүрө", "ru": "Мост"}, needs=suu.needs[:1])
    house.campaigns["bridge"] = bridge
    person = talking.Person(house)
    person.say("привет", "2")
    turn = person.say("5000 сомов")
    assert turn.talk.listed == ("a-suu", "a-bridge")
    assert [VOICE.say(option.label, "ru") for option in turn.reply.options] == ["Чистая вода в село", "Мост"]
    # Only one of them needs days of work.
    person.say("меню")
    turn = person.say("3 дня работы")
    assert turn.talk.scene == "consent"
    assert turn.talk.pending == "a-suu"


@pytest.mark.parametrize("words", ["5000", "7", "нужен мост", "спасибо", "12.05.2027"])
def test_what_is_no_offer_is_not_taken_for_one_at_the_menu(words: str) -> None:
    person = talking.Person()
    person.say("привет", "2")
    assert person.say(words).talk.scene == "home"


def test_a_closed_campaign_hears_no_offer_at_the_menu() -> None:
    person = talking.Person()
    person.say("привет", "2")
    person.house.campaigns["suu"] = dataclasses.replace(person.house.campaigns["suu"], state=campaigns.State.DONE)
    assert person.say("5000 сомов").talk.scene == "home"
