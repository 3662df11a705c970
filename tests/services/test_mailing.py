"""An e-mail is proved before it is anybody's, tells what a page cannot, belongs to one person, and goes with them."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest

from bot.services import mailing, notifying, publishing
from tests import talking
from tests.services import house as houses
from tests.services import mailed
from tests.services.house import SEAL
from tests.services.test_notifying import DEADLINE, noon, revise, tell
from tests.standins.smtp import Fault

AIBEK, GULNARA = "aibek@example.com", "gulnara@example.com"


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    return Path(shutil.copytree(talking.FLOWS, tmp_path / "flows"))


async def test_news_go_by_letter_once_in_their_language_and_say_how_to_stop(database_url: str, flows: Path) -> None:
    async with mailed.opened(database_url) as post:
        house, server = post
        person = await post.giver()
        assert "будут приходить на aibek@example.com" in await post.proves(person, "Aibek@Example.com")
        await revise(house, flows, *DEADLINE)
        assert await post.tells() == 1
        assert await tell(house, house.clock()) == 0
        code, news = server.to(AIBEK)
        assert "Код действует час" in code
        assert "20 июня 2027" in news
        assert "«мои обещания»" in news
        assert "«стоп»" in news
        assert mailing.leave_link(SEAL, talking.SITE, AIBEK) in news
        # The page shows what was asked there, and its buttons are still good.
        assert "20 июня" not in (await person.reads()).head


async def test_a_reminder_by_letter_leads_nowhere_and_leaves_the_page_as_it_was(database_url: str) -> None:
    async with mailed.opened(database_url) as post:
        person = post.house.person(channel="web", address="w" * 32)
        await person.says("/start a-suu", "2", "5 дней 20 марта", "1", "пропустить")
        await post.proves(person, AIBEK)
        page = await person.reads()
        post.house.clock.now = talking.START + dt.timedelta(days=11)
        assert await post.tells() == 1
        reminder = post.server.to(AIBEK)[-1]
        assert "Напоминаем" in reminder
        assert "5 дней работы" in reminder
        assert "никогда не спрашиваем код из SMS" in reminder
        assert "«мои обещания»" in reminder
        # What was shown on the page is what its numbers still mean.
        post.house.clock.forward(hours=3)
        opened = await person.sends("3", tap=(page.tag, page.step))
        assert "Ваши обещания" in opened.head
        assert await post.tells() == 0


async def test_a_letter_with_a_wrong_code_makes_nobody_known(database_url: str) -> None:
    async with mailed.opened(database_url) as post:
        person = await post.giver()
        await person.says(AIBEK)
        code = await post.code(AIBEK)
        said = await person.says(f"{(int(code) + 1) % 1_000_000:06}")
        assert "не тот код" in said.head
        assert await post.house.rows("SELECT contact_id FROM address WHERE channel = 'email'") == [None]
        assert "на вашу почту" not in (await person.says("мои данные")).head


async def test_what_nobody_proved_is_gone_after_a_day(database_url: str) -> None:
    async with mailed.opened(database_url) as post:
        person = await post.giver()
        await person.says(AIBEK)
        await post.deliver()
        post.house.clock.forward(hours=25)
        await post.house.postman().look()
        assert not await post.house.rows("SELECT 1 FROM address WHERE channel = 'email'")
        assert not await post.house.rows("SELECT 1 FROM outgoing WHERE channel = 'email'")
        # Proved meanwhile, it stays.
        assert "будут приходить" in await post.proves(person, AIBEK)
        post.house.clock.forward(hours=25)
        await post.house.postman().look()
        assert await post.house.rows("SELECT channel FROM address WHERE channel = 'email'") == ["email"]


async def test_it_is_told_among_their_data_and_goes_with_them(database_url: str) -> None:
    async with mailed.opened(database_url) as post:
        person = await post.giver()
        await post.proves(person, AIBEK)
        assert f"на вашу почту: {AIBEK}" in (await person.says("мои данные")).head
        assert AIBEK in (await post.house.unsealed())["address"]
        for kept in (await post.house.dump()).values():
            assert AIBEK.encode() not in kept
        await person.says("удалить", "1")
        assert not await post.house.rows("SELECT 1 FROM address WHERE channel = 'email'")
        assert not await post.house.rows("SELECT 1 FROM outgoing WHERE channel = 'email'")
        assert not any(AIBEK in text for text in (await post.house.unsealed()).values())


async def test_a_mailbox_that_is_not_there_is_told_and_news_wait_on_the_page(database_url: str, flows: Path) -> None:
    async with mailed.opened(database_url) as post:
        person = await post.giver()
        await post.proves(person, AIBEK)
        post.server.unknown.add(AIBEK)
        await revise(post.house, flows, *DEADLINE)
        await post.tells()
        assert await post.house.rows("SELECT closed FROM address WHERE channel = 'email'") == ["550 5.1.1"]
        await revise(post.house, flows, "2027-06-20", "2027-07-20")
        await post.tells()
        shown = [each.head for each in await post.house.desk.screen("web", person.address)]
        assert "20 июля 2027" in shown[-1]
        assert "не доходят: aibek@example.com" in (await person.says("почта")).head
        # Given again, it is tried again.
        post.server.unknown.clear()
        await person.says("1")
        assert "будут приходить" in await post.proves(person, AIBEK)


@pytest.mark.parametrize("fault", [Fault.CLOSED, Fault.GREY, Fault.DROP_HALF, Fault.BUSY])
async def test_a_letter_survives_a_server_that_behaves_badly(sqlite_url: str, fault: Fault) -> None:
    async with mailed.opened(sqlite_url) as post:
        person = await post.giver()
        post.server.faults = [fault]
        await person.says(AIBEK)
        await post.deliver()
        assert not post.server.letters
        post.house.clock.forward(minutes=11)
        await post.deliver()
        assert len(post.server.to(AIBEK)) == 1


async def test_a_letter_taken_without_a_word_comes_twice_as_the_same_letter(sqlite_url: str) -> None:
    async with mailed.opened(sqlite_url) as post:
        person = await post.giver()
        post.server.faults = [Fault.DROP_AFTER]
        await person.says(AIBEK)
        await post.deliver()
        post.house.clock.forward(minutes=2)
        await post.deliver()
        first, second = (letter["Message-ID"] for _, letter in post.server.letters)
        assert first == second


async def test_a_letter_that_waits_holds_up_no_conversation(database_url: str) -> None:
    async with mailed.opened(database_url) as post:
        page = await post.giver()
        post.server.faults = [Fault.GREY]
        await page.says(AIBEK)
        await post.deliver()
        [code] = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}", (await page.says("код")).head)
        phone = post.house.person(channel="telegram", address="4711")
        await phone.says(code, "продолжить")
        await post.deliver()
        telegram = post.house.channels["telegram"]
        assert len(telegram.heads("4711")) == 2  # type: ignore[attr-defined] # a Letterbox
        assert not post.server.letters


async def test_whoever_reads_a_mailbox_takes_it_over(database_url: str, flows: Path) -> None:
    async with mailed.opened(database_url) as post:
        first, second = await post.giver(), await post.giver("v" * 32)
        await post.proves(first, AIBEK)
        await post.proves(second, AIBEK)
        await revise(post.house, flows, *DEADLINE)
        assert await post.tells() == 2
        assert sum("20 июня" in text for text in post.server.to(AIBEK)) == 1
        assert "20 июня" in (await post.house.desk.screen("web", first.address))[-1].head
        assert AIBEK not in (await first.says("мои данные")).head


async def test_another_behind_the_same_browser_is_told_on_the_page(database_url: str, flows: Path) -> None:
    async with mailed.opened(database_url) as post:
        page = await post.giver()
        await post.proves(page, AIBEK)
        await page.says("другой человек", "2")
        asked = await page.says("1", "3 дня", "1", "пропустить")
        assert "электронную почту" in asked.head
        await page.says("пропустить")
        assert AIBEK not in (await page.says("мои данные")).head
        await revise(post.house, flows, *DEADLINE)
        await post.tells()
        assert sum("20 июня" in text for text in post.server.to(AIBEK)) == 1
        assert sum("20 июня" in each.head for each in await post.house.desk.screen("web", page.address)) == 1


async def test_another_e_mail_takes_the_place_of_the_first_and_a_removed_one_is_gone(database_url: str) -> None:
    async with mailed.opened(database_url) as post:
        person = await post.giver()
        await post.proves(person, AIBEK)
        await person.says("почта", "1")
        await post.proves(person, GULNARA)
        assert (await post.house.unsealed())["address"].count("@") == 1
        assert GULNARA in (await person.says("почта")).head
        await person.says("2")
        assert not await post.house.rows("SELECT 1 FROM address WHERE channel = 'email'")
        assert await post.house.count("consent") == 2
        assert len(await post.house.rows("SELECT 1 FROM consent WHERE withdrawn_at IS NOT NULL")) == 1


async def test_nobody_is_flooded_with_codes(database_url: str) -> None:
    async with mailed.opened(database_url) as post:
        person = await post.giver()
        for letter in "stuvx":
            await person.says(AIBEK)
            assert "отправлено письмо" in (await person.reads()).head
            person = await post.giver(letter * 32)
        await post.deliver()
        assert len(post.server.to(AIBEK)) == 4
        told = (await person.says(*(f"a{number}@example.com" for number in range(6)))).head
        assert "через час" in told
        await post.deliver()
        assert len(post.server.letters) == 9


async def test_a_link_that_is_none_removes_nothing(sqlite_url: str) -> None:
    async with mailed.opened(sqlite_url) as post:
        person = await post.giver()
        await post.proves(person, AIBEK)
        key = mailing.leave_link(SEAL, talking.SITE, AIBEK).rpartition("/")[2]
        for wrong in ("", "x", key[:-1], key.upper(), "0" * 64, f"{key}/"):
            await mailing.leave(post.house.database, wrong, post.house.clock())
        assert await post.house.rows("SELECT channel FROM address WHERE channel = 'email'") == ["email"]
        await mailing.leave(post.house.database, key, post.house.clock())
        assert not await post.house.rows("SELECT 1 FROM address WHERE channel = 'email'")
        # Nobody is asked twice, and whoever wants to can give it again.
        assert "электронную почту" in (await person.says("почта")).head


async def test_whoever_got_a_letter_by_mistake_removes_that_e_mail_alone(database_url: str) -> None:
    async with mailed.opened(database_url) as post:
        person = await post.giver()
        await post.proves(person, AIBEK)
        await person.says("почта", "1", GULNARA)
        await post.deliver()
        key = mailing.leave_link(SEAL, talking.SITE, GULNARA).rpartition("/")[2]
        await mailing.leave(post.house.database, key, post.house.clock())
        kept = (await post.house.unsealed())["address"]
        assert AIBEK in kept
        assert GULNARA not in kept
        assert not await post.house.rows("SELECT 1 FROM consent WHERE withdrawn_at IS NOT NULL")


async def test_a_house_that_sends_none_any_more_tells_on_the_page(sqlite_url: str, flows: Path) -> None:
    async with mailed.opened(sqlite_url) as post:
        person = await post.giver()
        await post.proves(person, AIBEK)
        await revise(post.house, flows, *DEADLINE)
        channels = {name: each for name, each in post.house.channels.items() if name != "email"}
        notifier = notifying.Notifier(post.house.database, SEAL, houses.voice(), channels)
        assert await notifier.go_on(publishing.Library(), noon(post.house) + dt.timedelta(minutes=5)) == 1
        assert "20 июня" in (await post.house.desk.screen("web", person.address))[-1].head
