"""What answers people, sends to them or forgets them finds its rows by their keys, however many rows there are."""

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from bot.services import forgetting
from tests.services import house as houses
from tests.services.house import TOWN, House, Letterbox, until
from tests.services.test_delivering import Fate, Receipt

#: Tables that grow with people, and with what they write.
GROWING = "address answer contact outgoing pledge received respondent response"


@contextlib.contextmanager
def looked_through(house: House, url: str) -> Iterator[list[str]]:
    """Fills a list with the statements run meanwhile that look through a whole table of those; on SQLite."""
    asked: dict[str, Any] = {}

    def note(_conn: object, _cursor: object, statement: str, given: Any, _context: object, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked[statement] = given[0] if many else given

    found: list[str] = []
    sa.event.listen(house.database._engine.sync_engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(house.database._engine.sync_engine, "before_cursor_execute", note)
    assert asked
    with contextlib.closing(sqlite3.connect(sa.make_url(url).database or "")) as other:
        # SQLite knows of other tables that refer to a row only where it is told to look.
        other.execute("PRAGMA foreign_keys=ON")
        for statement, given in asked.items():
            plan = [row[3] for row in other.execute(f"EXPLAIN QUERY PLAN {statement}", given)]
            names = {alias: table for table, alias in re.findall(r"(\w+) AS (\w+)", statement)}
            whole = [step.split()[1] for step in plan if step.startswith("SCAN ")]
            if {names.get(name, name) for name in whole} & set(GROWING.split()):
                found.append(statement)


async def test_who_writes_is_found_by_key(sqlite_url: str) -> None:
    async with houses.opened(sqlite_url) as house:
        person, poisoned = house.person(), house.person()
        await poisoned.begins()
        await house.write("UPDATE contact SET sealed = :bad", bad=b"bad")
        with looked_through(house, sqlite_url) as found:
            for text in ("ашар", "по-русски", "1", *TOWN):
                await house.desk.receive(person.message(text))
            await house.desk.receive(poisoned.message("1"))
        assert await house.count("set_aside") == 1
        assert not found


async def test_what_is_shown_closed_and_forgotten_is_found_by_key(sqlite_url: str) -> None:
    phone, web = Letterbox(), Letterbox("web", push=False)
    async with houses.opened(sqlite_url, phone, web) as house:
        gone, browser, silent = house.person(), house.person("browser", "web"), house.person()
        with looked_through(house, sqlite_url) as found:
            await house.desk.receive(silent.message("ашар"))
            await house.desk.receive(browser.message("ашар"))
            assert len(await house.desk.screen("web", browser.address)) == 1
            phone.fates = [Receipt(Fate.SENT, "1"), Receipt(Fate.GONE, code="blocked")]
            async with house.postman():
                await until(lambda: len(phone.sent) == 1)
                await house.desk.receive(gone.message("ашар"))
                await until(lambda: len(phone.sent) == 2)
            house.clock.forward(days=2)
            await forgetting.fall_due(house.database, ["sms"], house.clock())
        assert [await house.count("address"), await house.count("outgoing")] == [0, 0]
        assert not found


async def test_what_is_purged_is_found_by_key(sqlite_url: str) -> None:
    async with houses.opened(sqlite_url) as house:
        await house.person().begins()
        await house.person(channel="whatsapp").begins()
        await forgetting.begin(house.database, house.clock())
        house.clock.forward(days=31)
        with looked_through(house, sqlite_url) as found:
            await forgetting.fall_due(house.database, ["sms"], house.clock())
        assert [await house.count("received"), await house.count("outgoing")] == [0, 0]
        assert not found
