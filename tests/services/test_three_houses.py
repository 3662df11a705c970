"""Three processes, and the shell beside them, at pledges, treasury, spending and erasure at once.

Nothing twice, nothing lost, no deadlock that shows, and every total exact at every moment.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channels import base
from bot.engine.pledging import spending as book
from bot.engine.pledging.events import Role
from bot.services import accounting, notifying, publishing, receiving, spending
from models import db, files
from tests import talking
from tests.services import house as houses
from tests.services import signers
from tests.services.house import SEAL, VILLAGE, House, Person, voice

GIVERS = 6


@contextlib.asynccontextmanager
async def three(url: str, clock: talking.Clock) -> AsyncIterator[list[House]]:
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(houses.opened(url, clock=clock)) for _ in range(3)]


async def deliver(house: House, message: base.Inbound) -> None:
    """As a provider: again where it is busy."""
    while True:
        try:
            return await house.desk.receive(message)
        except receiving.Busy:
            await asyncio.sleep(0.01)


async def test_givers_treasurers_spending_and_erasure_at_once(
    postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    chance, clock = random.Random(5), talking.Clock()
    async with three(postgresql_url, clock) as all_:
        one = all_[0]
        treasurer, second = await signers.signer(one), await signers.signer(one, Role.SECOND)
        people = [one.person() for _ in range(GIVERS)]
        for person in people:
            await person.begins("a-suu")
        stores = spending.Stores(all_[1].database, publishing.Library(), files.Files(Path("unused"), SEAL))
        notifier = notifying.Notifier(all_[2].database, SEAL, voice(), all_[2].channels)
        done = asyncio.Event()
        spent: list[Decimal] = []

        async def says(person: Person, *texts: str, start: str = "") -> None:
            for text in texts:
                clock.forward(seconds=20)
                message = person.message(text)
                # Now and then the platform delivers to two at once.
                doors = chance.sample(all_, 1 + (chance.random() < 0.2))
                await asyncio.gather(*(deliver(house, message) for house in doors))

        async def gives(number: int) -> None:
            person = people[number]
            await says(person, f"{1000 + number} сом", "1", "меню")
            await says(person, "мои обещания", "1", "отправлено", "меню")
            if number % 3 == 0:
                await says(person, "өчүр", "1")
            elif number % 3 == 1:
                await deliver(chance.choice(all_), person.message(start="s-priorities"))
                await says(person, "1", *VILLAGE)

        async def signs(person: Person) -> None:
            while not done.is_set():
                await says(person, "казна", "1", "1", "1", "меню")
                await says(person, "казна", "300 сом", "1", "1", "меню")

        async def spends() -> None:
            while not done.is_set():
                wanted = spending.Wanted("money", Decimal(7), spending.today(clock()), {"ky": "Түтүк", "ru": "Трубы"})
                hand = book.Hand(Role.TREASURER, "shell", clock())
                if isinstance(await spending.spend(stores, "suu", wanted, hand), book.Entry):
                    spent.append(Decimal(7))
                await asyncio.sleep(0.1)

        async def settles() -> None:
            while not done.is_set():
                await accounting.settle(all_[2].database, publishing.Library(), clock())
                await notifier.go_on(publishing.Library(), clock())
                await asyncio.sleep(0.1)

        async def checks() -> None:
            while not done.is_set():
                await exact(all_[1].database)
                await asyncio.sleep(0.1)

        others: list[Callable[[], Coroutine[Any, Any, None]]] = [
            lambda: signs(treasurer),
            lambda: signs(second),
            spends,
            settles,
            checks,
        ]
        beside = [asyncio.create_task(each()) for each in others]
        async with asyncio.timeout(120):
            await asyncio.gather(*map(gives, range(GIVERS)))
            # On a busy machine all have given before anything has come that can be spent.
            while not spent:  # noqa: ASYNC110 - as in house.until
                await asyncio.sleep(0.05)
            done.set()
            await asyncio.gather(*beside)
        await accounting.settle(one.database, publishing.Library(), clock())
        assert [await one.count(table) for table in ("set_aside", "contact")] == [0, GIVERS + 2]
        assert await one.differences() == 0
        assert spent
        assert await one.rows("SELECT count(*), sum(quantity) FROM spending") == [(len(spent), 700 * len(spent))]
        assert await one.rows("SELECT count(*) FROM respondent WHERE erased_at IS NOT NULL") == [2]
        assert (
            len(set(await one.rows("SELECT receipt_number FROM pledge WHERE receipt_number IS NOT NULL")))
            == (await one.rows("SELECT count(*) FROM pledge WHERE receipt_number IS NOT NULL"))[0]
        )
        for person in people:
            steps = [said.step for _, said in await person.letters() if said.step]
            assert steps == sorted(steps)
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def exact(database: db.Database) -> None:
    """What was promised and not withdrawn equals the pledges, as one reading sees them."""
    async with database.reading() as connection:
        # One statement is one moment.
        found = await connection.execute(
            sa.text(
                "SELECT coalesce((SELECT sum(quantity) FROM ledger_total WHERE stage = 'spent'), 0),"
                " coalesce((SELECT sum(quantity) FROM spending), 0)"
            )
        )
        total, rows = found.one()
    assert total == rows
