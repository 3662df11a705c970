"""The postman through the real channels, against stand-ins of the platforms that fail as the platforms do."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.channels import base, telegram, twilio
from tests.services import house as houses
from tests.services.house import House, Person, until
from tests.services.test_delivering import later, settled
from tests.standins import telegram as standins
from tests.standins import telegram_people
from tests.standins import twilio as twilio_standin


@contextlib.asynccontextmanager
async def on_telegram(url: str) -> AsyncIterator[tuple[House, standins.Standin]]:
    """A house that sends to the stand-in."""
    async with standins.running() as platform, aiohttp.ClientSession() as session:
        channel = telegram.Telegram(standins.TOKEN, "secret", session, platform.url, pace=0)
        async with houses.opened(url, channel) as house:
            yield house, platform


def someone(house: House, platform: standins.Standin, chat: int) -> tuple[Person, telegram_people.Person]:
    """A person as the house knows them, and their phone."""
    return house.person(str(chat), "telegram"), platform.person(chat)


def texts(phone: telegram_people.Person) -> list[str]:
    """The first lines of what stands on the screen."""
    return [shown.text.partition("\n")[0] for shown in phone.screen()]


async def test_a_slow_answer_holds_up_only_its_own_contact(database_url: str) -> None:
    async with on_telegram(database_url) as (house, platform):
        slow, slow_phone = someone(house, platform, 1)
        await slow.begins()
        others = [someone(house, platform, chat) for chat in range(2, 6)]
        for other, _ in others:
            await other.begins()
        answers = asyncio.Event()
        platform.fails("sendMessage", held=answers, chat="1")
        async with house.postman():
            await until(lambda: all(len(phone.screen()) == 3 for _, phone in others))
            assert slow_phone.screen() == []
            assert [given["chat_id"] for _, given in platform.calls].count("1") == 1
            answers.set()
            await until(lambda: len(slow_phone.screen()) == 3)
        for person, phone in (*others, (slow, slow_phone)):
            said = [outbound.head.partition("\n")[0] for _, outbound in await person.letters()]
            assert texts(phone) == said


async def test_too_many_requests_are_waited_for(database_url: str) -> None:
    async with on_telegram(database_url) as (house, platform):
        person, phone = someone(house, platform, 1)
        await person.sends("ашар")
        platform.floods("sendMessage", 7)
        async with house.postman() as postman:
            await until(lambda: platform.calls)
            await settled(house)
            house.clock.forward(seconds=6)
            postman.wake()
            await settled(house)
            assert (len(platform.calls), phone.screen()) == (1, [])
            house.clock.forward(seconds=2)
            postman.wake()
            await until(lambda: len(phone.screen()) == 1)


async def test_nobody_listening_is_no_loss_and_no_repetition(database_url: str) -> None:
    async with on_telegram(database_url) as (house, platform):
        person, phone = someone(house, platform, 1)
        await person.sends("ашар")
        async with house.postman() as postman:
            async with platform.refusing():
                await settled(house, "SELECT 1 FROM outgoing WHERE code IS NULL")
            await later(house, postman, seconds=10)
            await until(lambda: len(phone.screen()) == 1)
            await settled(house)
            await later(house, postman, seconds=100)
        assert len(phone.screen()) == 1


async def test_who_blocks_us_is_left_alone_until_they_write(database_url: str) -> None:
    async with on_telegram(database_url) as (house, platform):
        person, phone = someone(house, platform, 1)
        await person.sends("ашар")
        await phone.blocks()
        async with house.postman() as postman:
            await until(lambda: platform.calls)
            await settled(house)
            assert [bool(closed) for closed in await house.rows("SELECT closed FROM address")] == [True]
            await phone.unblocks()
            await person.sends("2")
            postman.wake()
            await until(lambda: len(phone.screen()) == 1)


async def test_an_answer_cut_off_is_repeated_once_after_a_minute(database_url: str) -> None:
    async with on_telegram(database_url) as (house, platform):
        (silent, silent_phone), (eager, eager_phone) = someone(house, platform, 1), someone(house, platform, 2)
        await silent.sends("ашар")
        await eager.sends("ашар")
        platform.fails("sendMessage", times=2, drop=True)
        async with house.postman() as postman:
            await until(lambda: len(platform.calls) == 2)
            await settled(house)
            house.clock.forward(seconds=-55)
            await eager.sends("2")
            postman.wake()
            await until(lambda: len(eager_phone.screen()) == 2)
            await settled(house)
            await later(house, postman, seconds=61)
            await until(lambda: len(silent_phone.screen()) == 2)
            await settled(house)
            await later(house, postman, seconds=200)
            await settled(house)
        assert len(set(texts(silent_phone))) == 1
        assert [len(phone.screen()) for phone in (silent_phone, eager_phone)] == [2, 2]
        assert await house.rows("SELECT DISTINCT status FROM outgoing") == ["sent"]


async def test_an_edit_cut_off_is_repeated_and_shows_once(database_url: str) -> None:
    async with on_telegram(database_url) as (house, platform):
        person, phone = someone(house, platform, 1)
        await person.begins()
        async with house.postman() as postman:
            await until(lambda: len(phone.screen()) == 3)
            await settled(house)
            asked, shown = await person.reads(), phone.screen()[-1]
            platform.fails("editMessageText", drop=True)
            await person.sends("1", tap=(asked.tag, asked.step), edits=str(shown.id))
            postman.wake()
            await until(lambda: "editmessagetext" in [method.lower() for method, _ in platform.calls])
            await settled(house)
            house.clock.forward(seconds=5)
            postman.wake()
            await until(lambda: [method.lower() for method, _ in platform.calls].count("editmessagetext") == 2)
            await settled(house)
        assert len(phone.screen()) == 3
        assert "района или города" in phone.screen()[-1].text
        assert await house.rows("SELECT DISTINCT status FROM outgoing") == ["sent"]


@pytest.mark.parametrize("order", range(3))
async def test_twilios_later_word_is_taken_up_in_whatever_order(sqlite_url: str, order: int) -> None:
    async with twilio_standin.Twilio() as platform, aiohttp.ClientSession() as session:
        channel = twilio.Twilio(
            "sms", platform.account, platform.token, platform.sender, session, platform.public, platform.bases, pace=0
        )
        async with houses.opened(sqlite_url, channel) as house, house.postman() as postman:

            async def told(request: web.Request) -> web.Response:
                headers = {name.lower(): value for name, value in request.headers.items()}
                raw = base.Request(request.path_qs, headers, await request.read())
                channel.verify(raw)
                if status := channel.read_status(raw):
                    await postman.afterwards.take(status)
                return web.Response(status=204)

            app = web.Application()
            app.router.add_post("/twilio/status", told)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            platform.app = f"http://127.0.0.1:{runner.addresses[0][1]}"

            near, far = house.person("+996700000001"), house.person("+996700000002")
            platform.person(far.address, "sms").away = True
            for person in (near, far):
                await person.sends("ашар")
            postman.wake()
            # In pieces, for an SMS of two segments may never arrive.
            pieces = [len(await each.letters()) for each in (near, far)]
            await until(lambda: len(platform.messages) == sum(pieces))
            await settled(house)
            await platform.settle(random.Random(order))
            assert [[status for status, _ in await each.letters()] for each in (near, far)] == [
                ["sent"] * pieces[0],
                ["failed"] * pieces[1],
            ]
            assert await house.rows("SELECT DISTINCT code FROM outgoing WHERE status = 'failed'") == ["30003"]
            await runner.cleanup()
