"""Responses page by page, on both databases."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import AsyncIterator

import pytest_asyncio
import sqlalchemy as sa

from models import db, exports, tables
from tests import exported, filling


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


async def pages(database: db.Database, *statuses: str, size: int = 3) -> list[list[list[str]]]:
    found: list[list[list[str]]] = []
    after = ""
    while after != exports.END:
        async with database.reading() as connection:
            until = await exports.reach(connection, after, size)
            page = await exports.page(connection, "small", after=after, until=until, statuses=statuses)
        found.append(list(exports.responses(page)))
        after = until
    return found


async def test_every_response_is_on_one_page_in_the_order_of_ids(database: db.Database) -> None:
    found = await pages(database, "finished")
    assert [len(page) for page in found] == [3, 3, 1, 0]
    ids = [rid for page in found for rid, *_ in page]
    assert ids == sorted(set(ids))
    async with database.reading() as connection:
        assert await exports.count(connection, "small", ["finished"]) == 7
        assert await exports.count(connection, "small", ["open", "finished"]) == 9
        assert await exports.page(connection, "another") == ""
        assert (list(exports.responses("")), exports.counted("")) == ([], 0)


async def test_open_responses_come_only_when_asked_for(database: db.Database) -> None:
    assert sum(map(len, await pages(database, "finished", "open"))) == 9
    assert [finished for page in await pages(database, "open") for _, _, finished, *_ in page] == ["", ""]


async def test_a_response_comes_with_its_open_answers_and_times(database: db.Database) -> None:
    async with database.reading() as connection:
        # Nothing more than these, for nothing more was asked for.
        _, begun, finished, told, packed, closed = next(exports.responses(await exports.page(connection, "small")))
    values = json.loads(packed)
    assert {"place", "top", "also"} <= values.keys()
    assert not {"village", "idea"} & values.keys()
    # Nor is anything told that is sealed, for nobody asked.
    assert (begun, finished, closed) == ("2027-03-01T09:00:00Z", "2027-03-01T09:09:00Z", "")
    lead = exports.lead(told)
    assert (lead.wave, lead.status, lead.language, lead.assisted) == ("1", "finished", "ru", "0")


async def test_no_letter_takes_a_page_apart(database: db.Database) -> None:
    odd = '\t\n\r\x1e\x1f"\\\u2028,'
    async with database.transaction() as connection:
        await connection.execute(sa.update(tables.response).values(wave=odd))
        await connection.execute(sa.update(tables.answer).where(tables.answer.c.question == "place").values(value=odd))
        found = list(exports.responses(await exports.page(connection, "small")))
        assert exports.counted(await exports.page(connection, "small")) == len(found) == 7
    assert {exports.lead(told).wave for _, _, _, told, _, _ in found} == {odd}
    assert {json.loads(values)["place"] for *_, values, _ in found} == {odd}


async def test_extras_come_only_when_asked_for(database_url: str) -> None:
    made = db.Database(database_url)
    await exported.store(made, assisted=True)
    extras = ("state", "seconds", "answered", "respondent", "traffic")
    async with made.reading() as connection:
        responses = list(exports.responses(await exports.page(connection, "household", extras=extras)))
        some = list(exports.responses(await exports.page(connection, "household", extras=["seconds"])))
    await made.close()
    found = [exports.Extra(*more) for _, _, _, _, _, _, *more in responses]
    assert [exports.lead(told).assisted for _, _, _, told, *_ in responses] == ["0", "1", "0"]
    assert [exports.Extra(*more) for _, _, _, _, _, _, *more in some] == [
        exports.Extra("", "", each.seconds, "", "", "", "", "") for each in found
    ]
    assert [each.messages_in for each in found] == ["20", "21", "22"]
    assert len({each.respondent for each in found}) == 3
    assert json.loads(found[1].seconds) == exported.SECONDS
    times = json.loads(found[0].answered)
    # Of sealed answers too.
    assert times.keys() == exported.SAID[0][1].keys()
    assert set(times.values()) == {"2027-03-01T09:01:00Z"}
    assert all(each.state for each in found)


async def closed(
    connection: db.Connection, after: str, until: str, questions: list[str], repeated: list[str] | None = None
) -> list[dict[str, str]]:
    """Of each response to the household form."""
    page = await exports.page(
        connection, "household", after=after, until=until, closed=questions, repeated=repeated or []
    )
    return [json.loads(found) if found else {} for _, _, _, _, _, found, *_ in exports.responses(page)]


async def test_closed_answers_are_those_to_the_questions_named(database_url: str) -> None:
    made = db.Database(database_url)
    ids = await exported.store(made)
    async with made.reading() as connection:
        some = await closed(connection, "", ids[1], ["name"])
        rounds = await closed(connection, "", exports.END, ["village", "child_name"], ["child_name"])
        late = await closed(connection, ids[1], ids[2], ["name", "child_name"], ["child_name"])
        alike = await closed(connection, "", exports.END, ["child_name"])
    await made.close()
    assert [[*answers] for answers in some] == [["name"], ["name"]]
    assert sorted(key for answers in rounds for key in answers) == ["child_name#1", "village", "village", "village"]
    assert filling.seal().open("answer", bytes.fromhex(some[0]["name"])) in ("Айгүл", "Бакыт")
    assert late == [{}]
    # A round's is another key, and comes only where the question is said to have any.
    assert alike == [{}, {}, {}]


async def test_when_the_first_and_the_last_version_were_published(database: db.Database) -> None:
    later = filling.BEGUN + dt.timedelta(days=3)
    await filling.publish(database, filling.SHEETS | {"survey": filling.SHEETS["survey"][:7]}, later)
    async with database.reading() as connection:
        assert await exports.published(connection, "small") == (filling.BEGUN, later)
