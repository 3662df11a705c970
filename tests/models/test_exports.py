"""Responses page by page, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator

import pytest_asyncio

from models import db, exports
from tests import filling


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[db.Database]:
    """A migrated database with seven finished responses and two open ones."""
    made = db.Database(database_url)
    definition = await filling.publish(made)
    people = filling.people(definition, 9)
    await filling.respond(made, filling.seal(), definition, people[:7])
    await filling.respond(made, filling.seal(), definition, people[7:], status="open")
    yield made
    await made.close()


async def pages(database: db.Database, *statuses: str, size: int = 3) -> list[list[exports.Response]]:
    found: list[list[exports.Response]] = []
    after = ""
    while True:
        async with database.reading() as connection:
            page = await exports.page(connection, "small", after=after, statuses=statuses, size=size)
        if not page:
            return found
        found.append(page)
        after = page[-1].id


async def test_every_response_is_on_one_page_in_the_order_of_ids(database: db.Database) -> None:
    found = await pages(database, "finished")
    assert [len(page) for page in found] == [3, 3, 1]
    ids = [response.id for page in found for response in page]
    assert ids == sorted(set(ids))


async def test_open_responses_come_only_when_asked_for(database: db.Database) -> None:
    assert sum(map(len, await pages(database, "finished", "open"))) == 9
    assert [response.finished for page in await pages(database, "open") for response in page] == [None, None]


async def test_sealed_answers_come_only_when_asked_for(database: db.Database) -> None:
    async with database.reading() as connection:
        plain = await exports.page(connection, "small")
        some = await exports.page(connection, "small", sealed=["idea"])
        none = await exports.page(connection, "another")
    assert none == []
    assert all(not response.sealed for response in plain)
    assert {question for response in some for question in response.sealed} == {"idea"}
    assert filling.seal().open("answer", some[0].sealed["idea"]) == "=SUM(A1)+Сунуш 0"
    assert [response.values for response in plain] == [response.values for response in some]
    assert {"place", "top", "also"} <= plain[0].values.keys()
    assert not {"village", "idea"} & plain[0].values.keys()
    assert (plain[0].begun, plain[0].finished) == (filling.BEGUN, filling.BEGUN + dt.timedelta(minutes=9))
