"""A relative is asked only where they can be written to, and named only by whoever has pledged on a page."""

from __future__ import annotations

import pytest

from bot.engine import conversation, happenings
from tests import talking

PLEDGED = ("2", "5000 сомов", "1", "2")


def said(turn: conversation.Turn) -> str:
    return "\n".join(getattr(line, "msgid", "") for line in turn.reply.lines)


def giver(house: talking.House, channel: str = "web") -> talking.Person:
    person = talking.Person(house, channel=channel)
    person.send("/start a-suu", start="a-suu")
    person.say(*PLEDGED)
    return person


def link(house: talking.House) -> str:
    [code] = house.asked
    return f"h-{code}"


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms"])
def test_where_messages_ring_nobody_else_is_to_hear(channel: str) -> None:
    house = talking.House()
    turn = giver(house, channel).send("родственник")
    assert not house.asked
    assert turn.talk.misses == 1


def test_who_has_pledged_nothing_names_nobody() -> None:
    house = talking.House()
    person = talking.Person(house)
    person.say("салам", "2", "родственник")
    assert not house.asked


def test_on_a_page_nobody_can_agree_to_hear() -> None:
    house = talking.House()
    giver(house).send("родственник")
    other = talking.Person(house)
    other.send(f"/start {link(house)}", start=link(house))
    turn = other.send("2")
    assert "cannot write to this page" in said(turn)
    assert not house.confidants


def test_a_no_keeps_nothing_and_the_link_stays_good() -> None:
    house = talking.House()
    giver(house).send("родственник")
    other = talking.Person(house, channel="telegram")
    other.send(f"/start {link(house)}", start=link(house))
    turn = other.say("2", "нет")
    assert not turn.talk.people
    assert house.asked
    other.send(f"/start {link(house)}", start=link(house))
    turn = other.send("да")
    assert [type(each) for each in turn.events] == [happenings.Joined, happenings.Consented, happenings.Hears]


def test_another_link_ends_the_one_before_and_not_who_hears() -> None:
    house = talking.House()
    person = giver(house)
    person.send("родственник")
    first = link(house)
    other = talking.Person(house, channel="sms")
    other.send(f"ashar {first}")
    other.say("2", "1")
    hears = dict(house.confidants)
    person.say("родственник", "1")
    assert link(house) != first
    assert house.confidants == hears
    person.say("родственник", "2")
    assert not house.confidants
