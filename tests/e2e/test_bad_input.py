"""What the platforms and hurried fingers do to a conversation: files, repeats, old buttons, pages sent twice."""

from __future__ import annotations

import asyncio
import itertools
import re
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e import browser, phones, residents, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

_NUMBERS = itertools.count(1)
WORDS_PLEASE = "А теперь ответьте словом или номером"
ANSWERED = "На этот вопрос уже есть ответ"
GIFT = "7 мешков цемента"


async def in_survey(phone: phones.Phone) -> phones.Phone:
    """Agreed in Russian, and asked the first question."""
    await phone.comes("s-priorities")
    said = residents.flat(await phone.presses("2"))
    # Where each message is paid for, the language is chosen first.
    assert "(1/9)" in (said if phone.channel != "sms" else residents.flat(await phone.presses("1")))
    return phone


def on_telegram(app: running.App) -> phones.Telegram:
    return phones.Telegram(app, 900_000 + next(_NUMBERS), "ru")


def on_whatsapp(app: running.App) -> phones.Twilio:
    return phones.Twilio(app, "whatsapp", f"+99670{next(_NUMBERS):07d}")


async def promised(app: running.App) -> Decimal:
    """Bags of cement, by the API."""
    campaign: dict[str, Any] = (await app.http.get("/api/campaigns/suu")).json()
    return sum((Decimal(each["quantity"]) for each in campaign["promised"] if each["need"] == "cement"), Decimal())


# -- not words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["sticker", "photo", "voice", "video_note", "document", "location", "contact", "dice", "unheard_of"]
)
async def test_telegram_what_is_no_words_is_answered_and_asked_again(shared: running.App, kind: str) -> None:
    phone = on_telegram(shared)
    await in_survey(phone)
    [said] = await phone.sends(kind)
    assert WORDS_PLEASE in said
    assert "(1/9)" in said
    assert "(2/9)" in residents.flat(await phone.types("1"))


async def test_telegram_notices_and_edited_messages_are_not_answered(shared: running.App) -> None:
    phone = on_telegram(shared)
    await in_survey(phone)
    assert await phone.sends("notice") == []
    await phone.types("1")
    assert await phone.hears(phone.person.edits("2")) == []


async def test_whatsapp_what_is_no_words_is_answered_and_asked_again(shared: running.App) -> None:
    phone = on_whatsapp(shared)
    await in_survey(phone)
    for act in (phone.person.sends_sticker, phone.person.sends_location):
        [said] = await phone.hears(act())
        assert WORDS_PLEASE in said
        assert "(1/9)" in said
    # A picture's caption is words.
    caption = phone.person.says("1", NumMedia="1", MediaUrl0="https://api.example/1", MediaContentType0="image/webp")
    assert "(2/9)" in residents.flat(await phone.hears(caption))


# -- more than once -------------------------------------------------------------------------------------------------


async def test_telegram_an_update_that_comes_thrice_at_once_has_one_effect(shared: running.App) -> None:
    phone = on_telegram(shared)
    await in_survey(phone)
    updates = shared.telegram.bot().updates
    updates.copies = 3
    try:
        [said] = await phone.types("1")
        [tapped] = await phone.presses("1")
    finally:
        updates.copies = 1
    assert "(2/9)" in said
    assert "(3/9)" in tapped
    # And hours later once more.
    assert await updates.again(2) == [200, 200]
    assert await phone.hears(asyncio.sleep(0)) == []


@pytest.mark.parametrize("at_once", [True, False], ids=["at-once", "one-by-one"])
async def test_whatsapp_a_message_that_comes_thrice_has_one_effect(shared: running.App, at_once: bool) -> None:
    phone = on_whatsapp(shared)
    await in_survey(phone)
    twilio = shared.twilio
    twilio.deliveries, twilio.at_once = 3, at_once
    try:
        [said] = await phone.types("1")
        [tapped] = await phone.presses("1")
    finally:
        twilio.deliveries, twilio.at_once = 1, False
    assert "(2/9)" in said
    assert "(3/9)" in tapped


# -- old buttons ----------------------------------------------------------------------------------------------------


async def test_telegram_a_tap_on_an_old_keyboard_changes_nothing(shared: running.App) -> None:
    phone = on_telegram(shared)
    await in_survey(phone)
    old = phone.shown[-1]
    await phone.types("1")
    answers = (await shared.count("answer"))["answer"]
    [said] = await phone.hears(phone.person.taps("3", old))
    assert ANSWERED in said
    assert "(2/9)" in said
    assert (await shared.count("answer"))["answer"] == answers
    await running.until(lambda: not phone.person.spinning())


async def test_telegram_a_tap_after_its_message_is_gone_is_answered(shared: running.App) -> None:
    phone = on_telegram(shared)
    await in_survey(phone)
    shown = phone.shown[-1]
    phone.person.clears()
    [said] = await phone.hears(phone.person.taps("1", shown))
    assert "(2/9)" in said


@pytest.mark.parametrize("data", ["0", "..", "a.b.c", "deadbeef.1.1", "-.0.start", "-.999999999.1", "🙂"])
async def test_telegram_a_tap_that_is_made_up_changes_nothing(shared: running.App, data: str) -> None:
    phone = on_telegram(shared)
    await in_survey(phone)
    [said] = await phone.hears(phone.person.taps_data(data, phone.shown[-1].id))
    assert ANSWERED in said
    assert "(1/9)" in said


async def test_whatsapp_a_tap_on_an_old_list_changes_nothing(shared: running.App) -> None:
    phone = on_whatsapp(shared)
    await in_survey(phone)
    old = phone.shown[-1]
    assert old.kind == "twilio/list-picker"
    await phone.presses("1")
    [said] = await phone.hears(phone.taps(old.buttons[2], old))
    assert ANSWERED in said
    assert "(2/9)" in said


# -- pages ----------------------------------------------------------------------------------------------------------


async def confirming(app: running.App) -> browser.Browser:
    """A browser on the page that asks for the confirmation of a pledge."""
    person = browser.Browser(app)
    await person.comes("a-suu")
    await person.presses("2")
    [said] = await person.types("7 мешков цемента")
    assert "7 мешков цемента" in said
    return person


async def test_web_a_confirmation_sent_twice_and_reloaded_is_one_pledge(shared: running.App) -> None:
    person, before = await confirming(shared), await promised(shared)
    form, yes = person.pages[-1].button("1")
    answers = [await person.sends_form(form, [(yes.name, yes.value)]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    first = await person.opens()
    assert re.search("Код: [2-9A-Z]{6}", first.said)
    # The page that follows is asked for again, and the form is sent once more from the browser's history.
    assert (await person.opens()).said == first.said
    assert (await person.posts(form, [(yes.name, yes.value)])).said == first.said
    assert await promised(shared) == before + 7


async def test_web_a_confirmation_sent_twice_at_once_is_one_pledge(shared: running.App) -> None:
    person, before = await confirming(shared), await promised(shared)
    form, yes = person.pages[-1].button("1")
    answers = await asyncio.gather(*(person.sends_form(form, [(yes.name, yes.value)]) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert await promised(shared) == before + 7


async def test_web_another_button_of_an_old_page_changes_nothing(shared: running.App) -> None:
    person, before = await confirming(shared), await promised(shared)
    await person.presses("1")
    [said] = await person.presses("2", earlier=True)
    assert ANSWERED in said
    assert await promised(shared) == before + 7


async def test_web_whoever_has_no_cookies_gets_on_as_well(shared: running.App) -> None:
    person = browser.Browser(shared, cookies=False)
    await person.comes("s-priorities")
    [said] = await person.presses("2")
    assert "(1/9)" in said
    assert person.cookie == ""
    [said] = await person.types("1")
    assert "(2/9)" in said


async def test_web_looking_changes_nothing(shared: running.App) -> None:
    before = await shared.count()
    person = browser.Browser(shared)
    for address in ("/chat", "/chat?start=s-priorities", "/chat?start=a-suu", "/chat"):
        await person.opens(address)
    assert await shared.count() == before


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms"])
async def test_a_confirmation_that_comes_thrice_is_one_pledge(shared: running.App, channel: str) -> None:
    phone = (
        on_telegram(shared) if channel == "telegram" else phones.Twilio(shared, channel, f"+7900{next(_NUMBERS):07d}")
    )
    person, before = residents.Resident(phone, "ru", residents.PRESSES), await promised(shared)
    shared.telegram.bot().updates.copies = shared.twilio.deliveries = 3
    shared.twilio.at_once = True
    try:
        await person.pledges(GIFT)
    finally:
        shared.telegram.bot().updates.copies = shared.twilio.deliveries = 1
        shared.twilio.at_once = False
    assert await promised(shared) == before + 7
