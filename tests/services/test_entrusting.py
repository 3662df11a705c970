"""Offices: taken once, by a code of which no copy is kept, handed over whole, and lost by erasure."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
import sqlalchemy as sa

from bot.channels import base, plain
from bot.engine import holding, trying
from bot.engine.pledging.events import Role
from bot.services import entrusting, publishing, recording, steering
from models import offices, tables
from tests.services import house as houses
from tests.services import signers
from tests.services.house import SEAL, House

TREASURER, SECOND = Role.TREASURER, Role.SECOND


async def listed(house: House) -> dict[Role, entrusting.Listed]:
    found = await entrusting.listed(house.database, publishing.Library(), "suu", house.clock())
    return {each.office: each for each in found}


async def test_whoever_takes_an_office_ends_the_former_holders_time(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        first = await signers.signer(house)
        assert "Казна: что пришло" in [each.label for each in (await first.says("меню")).options]
        assert "Сейчас вас ничто не ждёт" in (await first.says("казна")).head
        await signers.signer(house)
        assert "теперь у другого" in (await first.says("казна")).head
        # And is told so once: from then on the word means nothing to them.
        assert "Казна: что пришло" not in [each.label for each in (await first.reads()).options]
        assert "теперь у другого" not in (await first.says("казна")).head
        office = (await listed(house))[TREASURER]
        assert office.since is not None
        assert len(office.former) == 1
        assert await house.rows("SELECT count(*) FROM role WHERE ended_at IS NULL") == [1]


async def test_whoever_held_it_before_is_told_and_nobody_else(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        first, second, third = [house.person() for _ in range(3)]
        for person in (first, second, third):
            code = await signers.code(house, Role.TREASURER)
            await person.says("ашар", "2", code, "1")
        told = [await person.letters() for person in (first, second, third)]
        lines = [
            [said.head for _, said in letters if "у другого человека: Чистая вода в село, казначей" in said.head]
            for letters in told
        ]
        assert [len(each) for each in lines] == [1, 1, 0]
        # Once: nobody is told of what was taken after their own time.
        assert len({len(letters) for letters in told[:2]}) == 1


async def test_on_sms_that_line_comes_in_messages_of_one_segment(database_url: str) -> None:
    phone = houses.Letterbox()
    phone.capabilities = base.Capabilities(text=1600, segments=True)
    async with houses.opened(database_url, phone) as house:
        first, second = house.person(), house.person()
        for person in (first, second):
            code = await signers.code(house, TREASURER)
            await person.says("ашар", "2", code, "1")
        letters = [said.head for _, said in await first.letters()]
        begins = next(place for place, head in enumerate(letters) if head.startswith("Ваша обязанность"))
        told = letters[begins:]
        assert " ".join(told).endswith("казначей. Большое спасибо за ваш труд!")
        assert len(told) == 2
        assert all(plain.sms_segments(plain.plain_spaces(head)) == 1 for head in letters)


async def test_only_the_hash_of_a_code_is_kept_and_it_is_good_once(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        code = await signers.code(house, TREASURER)
        assert code not in str(await house.dump())
        one, other = house.person(), house.person()
        await one.says("ашар", "2", code, "1")
        assert "уже использован" in (await other.says("ашар", "2", code)).head
        assert await house.count("office_code") == 0


async def test_a_code_is_good_for_seven_days_and_until_the_next_is_given(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        old = await signers.code(house, TREASURER)
        new = await signers.code(house, TREASURER)
        person = house.person()
        assert "уже использован" in (await person.says("ашар", "2", old)).head
        house.clock.forward(days=holding.GOOD_FOR.days, minutes=1)
        assert (await listed(house))[TREASURER].code_until is None
        assert "уже использован" in (await person.says(new)).head


async def test_a_code_that_grew_old_while_it_was_thought_over_is_taken_no_more(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person, code = house.person(), await signers.code(house, SECOND)
        await person.says("ашар", "2", code)
        house.clock.forward(days=holding.GOOD_FOR.days)
        assert "уже использован" in (await person.says("1")).head
        assert await house.count("role") == 0
        assert await house.count("respondent") == 0


async def test_after_some_wrong_codes_a_right_one_is_not_looked_up(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        code, person = await signers.code(house, TREASURER), house.person()
        await person.says("ашар", "2", *[f"WRNG{number}CDEF{number}" for number in range(2, 2 + trying.WRONG)])
        assert "через час" in (await person.says(code)).head
        house.clock.forward(minutes=61)
        assert "казначеем" in (await person.says(code)).head


async def test_nobody_holds_both_offices_of_a_campaign(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = await signers.signer(house)
        assert "не могут быть у одного" in (await person.says(await signers.code(house, SECOND))).head
        assert "уже у вас" in (await person.says(await signers.code(house, TREASURER))).head
        assert await house.count("role") == 1


async def test_what_was_agreed_to_is_kept_as_proof(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await signers.signer(house, SECOND)
        assert await house.rows("SELECT purpose, language FROM consent") == [("office:suu", "ru")]
        [text] = await house.rows("SELECT text FROM consent_text")
        assert "вторую подпись" in text


async def test_two_who_take_one_code_at_once_are_one_holder(postgresql_url: str) -> None:
    async with houses.opened(postgresql_url) as house, houses.opened(postgresql_url, clock=house.clock) as other:
        code = await signers.code(house, TREASURER)
        people = [house.person(), house.person()]
        theirs = [*people, *(houses.Person(other, "sms", house.person().address) for _ in range(2))]
        for person in theirs:
            await person.says("ашар", "2", code)
        # Two of them in one group, two in another process.
        await asyncio.gather(*(person.house.desk.receive(person.message("1")) for person in theirs))
        assert await house.rows("SELECT count(*) FROM role") == [1]
        assert await house.count("set_aside") == 0


async def test_two_codes_of_one_office_taken_at_once_leave_one_holder(postgresql_url: str) -> None:
    async with houses.opened(postgresql_url) as house, houses.opened(postgresql_url, clock=house.clock) as other:
        codes = ["KASSAASHA2", "KASSAASHA3"]
        async with house.database.transaction() as connection:
            await offices.give(connection, "suu", "treasurer", recording.office_hash(SEAL, codes[0]), _later(house))
            row = {
                "code_hash": recording.office_hash(SEAL, codes[1]),
                "campaign_name": "suu",
                "office": "treasurer",
                "expires_at": _later(house),
            }
            await connection.execute(sa.insert(tables.office_code), [row])
        people = [house.person(), houses.Person(other, "sms", house.person().address)]
        for person, code in zip(people, codes, strict=True):
            await person.says("ашар", "2", code)
        await asyncio.gather(*(person.house.desk.receive(person.message("1")) for person in people))
        assert await house.rows("SELECT count(*) FROM role") == [2]
        assert await house.rows("SELECT count(*) FROM role WHERE ended_at IS NULL") == [1]


def _later(house: House) -> dt.datetime:
    return house.clock() + dt.timedelta(days=1)


async def test_erasing_the_holder_ends_the_office_and_keeps_the_signatures(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        _, [code] = await signers.giver(house, "2000 сом")
        person = await signers.signer(house)
        await person.says("казна", "1", "1")
        await person.says("удалить мои данные", "1")
        assert await house.rows("SELECT respondent_id FROM role WHERE ended_at IS NOT NULL") == [None]
        assert (await listed(house))[TREASURER].since is None
        assert await signers.state(house, code) == "received"
        assert await house.differences() == 0


async def test_an_office_is_ended_with_its_code(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        library = publishing.Library()
        person = await signers.signer(house)
        code = await signers.code(house, TREASURER)
        assert await entrusting.end(house.database, library, "suu", TREASURER, house.clock())
        assert not await entrusting.end(house.database, library, "suu", TREASURER, house.clock())
        assert "теперь у другого" in (await person.says("казна")).head
        assert "уже использован" in (await person.says(code)).head


async def test_a_campaign_that_is_not_there_has_no_offices(sqlite_url: str) -> None:
    async with houses.opened(sqlite_url) as house:
        with pytest.raises(steering.NoSuchCampaign):
            await entrusting.listed(house.database, publishing.Library(), "su", house.clock())


async def test_whoever_holds_no_office_pays_no_query_for_those_who_do(sqlite_url: str) -> None:
    async with houses.opened(sqlite_url) as house:
        await signers.giver(house, "2000 сом")
        await signers.signer(house)
        person = house.person()
        await person.says("ашар", "2")
        read: list[str] = []
        sa.event.listen(
            house.database._engine.sync_engine,
            "before_cursor_execute",
            lambda _connection, _cursor, statement, *_more: read.append(statement),
        )
        await person.says("4", "меню", "мои обещания")
        assert read
        assert [each for each in read if "role" in each or "office_code" in each or "receipt_number" in each] == []
