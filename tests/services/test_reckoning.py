"""Whoever gives and whoever signs, at one pledge at once: each has an answer, and the ledger folds."""

from __future__ import annotations

import asyncio

import pytest

from bot.engine.pledging.events import Role
from models import db, ledger, treasury
from tests.services import house as houses
from tests.services import signers
from tests.services.house import House, Person


async def at_once(*said: tuple[Person, str]) -> list[str]:
    """All of these messages at one moment; what each is told."""
    await asyncio.gather(*(person.house.desk.receive(person.message(text)) for person, text in said))
    return [(await person.reads()).head for person, _ in said]


async def take_back(person: Person) -> None:
    """Up to the last question."""
    await person.says("мои обещания", "1", "1")


async def test_in_one_group_who_comes_second_finds_what_the_first_did(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        giver, codes = await signers.giver(house, "2000 сом", "3000 сом")
        treasurer = await signers.signer(house)
        other = await signers.signer(house, Role.SECOND)
        await treasurer.says("казна")
        await other.says("казна")
        await take_back(giver)
        # The desk takes what waits together.
        said = await at_once((giver, "1"), (treasurer, "1 2"), (other, "1 2"))
        steps = [await signers.steps(house, code) for code in codes]
        assert sorted(map(len, steps)) == [4, 4]
        assert sorted(each[-1] for each in steps) in (["received", "withdrawn"], ["received", "received"])
        assert sum("Записано как полученное" in each for each in said[1:]) == 1
        assert await house.count("set_aside") == 0
        assert await house.differences() == 0


async def test_in_two_processes_as_well(postgresql_url: str) -> None:
    async with houses.opened(postgresql_url) as house, houses.opened(postgresql_url, clock=house.clock) as far:
        giver, [code] = await signers.giver(house, "2000 сом")
        treasurer, other = await signers.signer(house), await signers.signer(house, Role.SECOND)
        for signer in (treasurer, other):
            await signer.says("казна", code)
        await take_back(giver)
        [pledge] = await house.rows("SELECT id FROM pledge WHERE code = :code", code=code)
        abroad = houses.Person(far, "sms", giver.address)
        async with house.database.transaction() as connection:
            # Both desks have decided, on one standing, before either can write.
            await treasury.hold(connection, [pledge])
            said = asyncio.create_task(at_once((treasurer, "1"), (other, "1"), (abroad, "1")))
            while await house.rows("SELECT count(*) FROM pg_locks WHERE NOT granted") != [2]:  # noqa: ASYNC110 - only PostgreSQL knows who waits
                await asyncio.sleep(0.01)
        await said
        # Whoever came second is told; received twice, or taken back after it came, it is not.
        assert (await signers.steps(house, code))[3:] in (["received"], ["withdrawn"])
        assert await house.count("set_aside") == 0
        assert await house.differences() == 0


async def test_what_was_decided_on_another_standing_is_not_written(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        _, [code] = await signers.giver(house, "2000 сом")
        [pledge] = await house.rows("SELECT id FROM pledge WHERE code = :code", code=code)
        async with house.database.transaction() as connection:
            await ledger.hold(connection, {pledge: 3})
            with pytest.raises(db.Outdated):
                await ledger.hold(connection, {pledge: 2})


async def test_a_pledge_taken_back_meanwhile_is_said_and_can_still_have_come(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        giver, [code] = await signers.giver(house, "2000 сом")
        treasurer = await signers.signer(house)
        await treasurer.says("казна")
        await take_back(giver)
        await giver.says("1")
        told = await treasurer.says("1 1")
        assert "Обещание снято" in (await treasurer.says("1" if "1." in told.head else code)).head
        await treasurer.says("1")
        assert await signers.steps(house, code) == ["offered", "confirmed", "sent", "withdrawn", "received"]
        assert await house.differences() == 0


async def test_erased_and_received_in_one_group(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        giver, [code] = await signers.giver(house, "2000 сом")
        treasurer = await signers.signer(house)
        await treasurer.says("казна", code)
        await giver.says("удалить мои данные")
        await at_once((giver, "1"), (treasurer, "1"))
        steps = await signers.steps(house, code)
        assert steps[3:] in (["withdrawn"], ["received"], ["withdrawn", "received"])
        assert await house.rows("SELECT respondent_id FROM pledge WHERE code = :code", code=code) == [None]
        assert await house.differences() == 0


async def receipts(house: House) -> list[int]:
    return await house.rows("SELECT receipt_number FROM pledge WHERE receipt_number IS NOT NULL ORDER BY 1")


async def test_receipts_are_numbered_without_gap_or_double_in_one_group(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        one, other = await signers.signer(house), await signers.signer(house, Role.SECOND)
        await one.says("казна", "1000 сом, 2 дня работы")
        await other.says("казна", "3 мешка цемента")
        said = await at_once((one, "1"), (other, "1"))
        assert await receipts(house) == [1, 2, 3]
        assert "Номер чека" in said[0]
        assert await house.differences() == 0


async def test_receipts_are_numbered_without_gap_or_double_by_two_processes(postgresql_url: str) -> None:
    async with houses.opened(postgresql_url) as house, houses.opened(postgresql_url, clock=house.clock) as far:
        one, other = await signers.signer(house), await signers.signer(house, Role.SECOND)
        abroad = houses.Person(far, "sms", other.address)
        for number in range(5):
            await one.says("казна", f"{number + 1}000 сом")
            await other.says("казна", "3 мешка цемента")
            await at_once((one, "1"), (abroad, "1"))
        assert await receipts(house) == list(range(1, 11))
        assert await house.differences() == 0
