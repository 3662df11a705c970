"""A photo of a receipt before whoever signs: seen when its pledge is opened, once, and told of where it cannot be."""

from __future__ import annotations

import pytest

from bot import wording
from bot.channels import composing
from bot.engine import form
from tests import talking
from tests.engine.test_treasury import treasurer

_PHOTOS = tuple(form.Attachment("receipt.jpg", "image", f"receipt-{number}-role", 1000) for number in range(4))
_ELSEWHERE = {
    "ky": "Чектин сүрөтү бар. Бул жерде көрсөтүлбөйт, ал эми Telegram, WhatsApp жана сайт аркылуу көрсө болот.",
    "ru": "Есть фото чека. Здесь его показать нельзя, а в Telegram, WhatsApp и на сайте — можно.",
}


def photographed(person: talking.Person, number: int = 1) -> None:
    """So many photos came with the only pledge of the house."""
    [pledge] = person.house.pledges
    person.house.offices.photos[pledge] = _PHOTOS[:number]


def test_the_photo_is_shown_when_its_pledge_is_opened_and_not_again_with_every_answer() -> None:
    person = treasurer("2000 сом")
    photographed(person)
    assert person.send("казна").reply.attachments == ()
    assert person.send("1").reply.attachments == _PHOTOS[:1]
    assert person.send("что?").reply.attachments == ()
    assert person.send("2").reply.attachments == ()


def test_of_many_photos_the_newest_are_shown() -> None:
    person = treasurer("2000 сом")
    photographed(person, 4)
    assert person.send("1").reply.attachments == _PHOTOS[1:]


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_where_no_picture_can_be_shown_it_is_said_where_it_can(language: str) -> None:
    person = treasurer("2000 сом")
    photographed(person)
    person.attaches = False
    if language == "ky":
        person.say("кыргызча", "казына")
    turn = person.send("1")
    assert turn.reply.attachments == ()
    assert _ELSEWHERE[language] in composing.compose(wording.Voice(), turn.reply, turn.language).head
