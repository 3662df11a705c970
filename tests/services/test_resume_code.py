"""A code to go on elsewhere: it moves one address, once, for ten minutes, and never makes one person of two."""

from __future__ import annotations

import asyncio
import re

from bot.channels import base
from bot.services import forgetting, recording
from models import codes
from tests.services import house as houses
from tests.services.house import SEAL, VILLAGE, House, Letterbox, Person

FOUND, UNKNOWN, TOO_MANY = "Нашли!", "Такого кода нет", "Слишком много неверных кодов"


def channels() -> tuple[base.Channel, ...]:
    return Letterbox("sms"), Letterbox("web", push=False)


async def code_of(person: Person) -> str:
    """A new code."""
    found = re.search(r"кодом: (\w{4}-\w{4})\.", (await person.sends("код")).head)
    assert found
    return found[1]


async def browser(house: House) -> Person:
    """A new one, at the menu in Russian."""
    person = house.person(channel="web")
    await person.says("салам", "2")
    return person


async def screen(person: Person) -> str:
    """What a page shows there."""
    return "\n".join(each.head for each in await person.house.desk.screen(person.channel, person.address))


async def test_a_browser_goes_on_where_the_phone_stood(database_url: str) -> None:
    async with houses.opened(database_url, *channels()) as house:
        phone, web = house.person(), await browser(house)
        await phone.begins()
        await phone.says(*VILLAGE[:4])
        code, empty = await code_of(phone), await web.contact()
        assert await house.rows("SELECT code_hash FROM resume_code") == [
            recording.code_hash(SEAL, code.replace("-", ""))
        ]
        await web.sends(code.lower())
        assert FOUND in await screen(web)
        assert await web.contact() == await phone.contact() != empty
        # The page carries a step of the conversation that was left.
        await web.sends("продолжить", tap=("-", 2))
        assert "Сколько вам лет" in await screen(web)
        assert FOUND not in await screen(web)
        assert "уже есть ответ" not in await screen(web)
        assert "Большое спасибо" in (await web.says(*VILLAGE[4:])).head
        assert await house.rows("SELECT status FROM response") == ["finished"]
        assert [await house.count("respondent"), await house.differences()] == [1, 0]
        house.clock.forward(hours=25)
        await forgetting.fall_due(house.database, ["sms"], house.clock.now)
        assert await house.rows("SELECT id FROM contact") == [await phone.contact()]
        assert await house.count("address") == 2


async def test_a_stranger_goes_over_with_the_first_word_and_a_stopped_talk_wakes(database_url: str) -> None:
    async with houses.opened(database_url, *channels()) as house:
        phone, web = house.person(), house.person("A" * 22, "web")
        await phone.begins()
        code = await code_of(phone)
        await phone.sends("стоп")
        assert FOUND in (await web.sends(start=f"c-{code}", tap=("-", 0))).head
        assert "Из какой вы области" in (await web.sends("продолжить", tap=("-", 1))).head


async def test_a_code_is_good_once(database_url: str) -> None:
    async with houses.opened(database_url, *channels()) as house:
        phone, others = house.person(), [await browser(house) for _ in range(4)]
        await phone.begins()
        code = await code_of(phone)
        # In one group: the first has it.
        await asyncio.gather(*(house.desk.receive(other.message(code)) for other in others))
        heads = [(await other.reads()).head for other in others]
        assert [FOUND in head for head in heads].count(True) == 1
        assert [UNKNOWN in head for head in heads].count(True) == 3
        assert await house.count("resume_code") == 0
        assert len({await other.contact() for other in others}) == 4


async def test_a_code_is_good_for_ten_minutes_and_until_the_next(database_url: str) -> None:
    async with houses.opened(database_url, *channels()) as house:
        phone, web = house.person(), await browser(house)
        await phone.begins()
        first, second = await code_of(phone), await code_of(phone)
        assert await house.count("resume_code") == 1
        assert UNKNOWN in (await web.sends(first)).head
        house.clock.forward(minutes=8)
        assert UNKNOWN in (await web.sends(second)).head
        await forgetting.fall_due(house.database, ["sms"], house.clock.now)
        assert await house.count("resume_code") == 0
        third = await code_of(phone)
        house.clock.forward(minutes=8)
        await forgetting.fall_due(house.database, ["sms"], house.clock.now)
        assert FOUND in (await web.sends(third)).head


async def test_two_people_are_never_made_one(database_url: str) -> None:
    async with houses.opened(database_url, *channels()) as house:
        phone, web = house.person(), house.person("B" * 22, "web")
        await phone.begins()
        await web.begins()
        code, own = await code_of(phone), await web.contact()
        assert "ещё никто не отвечал" in (await web.sends(code)).head
        assert await web.contact() == own != await phone.contact()
        assert [await house.count("respondent"), await house.count("resume_code")] == [2, 1]


async def test_after_five_wrong_codes_none_is_looked_up_for_an_hour(database_url: str) -> None:
    async with houses.opened(database_url, *channels()) as house:
        phone, web = house.person(), await browser(house)
        await phone.begins()
        for _ in range(5):
            assert UNKNOWN in (await web.sends("KTRA-2347")).head
        assert TOO_MANY in (await web.sends(await code_of(phone))).head
        house.clock.forward(hours=1)
        assert FOUND in (await web.sends(await code_of(phone))).head


async def test_erasing_and_forgetting_leave_no_code(database_url: str) -> None:
    async with houses.opened(database_url, *channels()) as house:
        phone, web = house.person(), await browser(house)
        await phone.begins()
        code = await code_of(phone)
        await phone.says("удалить", "1")
        assert await house.count("resume_code") == 0
        assert UNKNOWN in (await web.sends(code)).head
        # A contact that is forgotten with a code in hand takes it along.
        row = {"code_hash": b"x" * 32, "contact_id": await web.contact(), "expires_at": house.clock.now}
        async with house.database.transaction() as connection:
            await codes.give(connection, [row])
        house.clock.forward(hours=25)
        await forgetting.fall_due(house.database, ["sms"], house.clock.now)
        assert [await house.count("resume_code"), await house.count("contact")] == [0, 0]


async def test_what_was_promised_on_one_channel_is_followed_on_another(database_url: str) -> None:
    async with houses.opened(database_url, *channels()) as house:
        phone, web = house.person(), await browser(house)
        await phone.begins("a-suu")
        await phone.says("5 дней", "1")
        await web.sends(await code_of(phone))
        await web.sends("мои обещания")
        assert "5 дней работы" in await screen(web)
        await web.says("1", "перенести на 20 апреля", "4", "1")
        assert await house.rows("SELECT state FROM pledge") == ["withdrawn"]
        assert await house.differences() == 0


async def test_whoever_went_over_and_was_erased_there_is_met_anew(database_url: str) -> None:
    async with houses.opened(database_url, *channels()) as house:
        phone, other = house.person(), house.person()
        await phone.begins()
        code = await code_of(phone)
        # At the menu, and so with messages of the contact that is left behind.
        await other.says("салам", "2")
        assert FOUND in (await other.sends(code)).head
        await phone.says("өчүр", "1")
        await house.write("UPDATE outgoing SET status = 'sent'")
        house.clock.forward(minutes=1)
        await forgetting.fall_due(house.database, ["sms"], house.clock())
        assert await house.rows("SELECT closed FROM address") == ["erased", "erased"]
        assert "Какой язык" in (await other.sends("салам")).head
        assert await house.count("set_aside") == 0
        house.clock.forward(hours=30)
        await forgetting.fall_due(house.database, ["sms"], house.clock())
        assert await house.count("due") == 0
