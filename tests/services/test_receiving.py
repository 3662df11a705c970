"""The desk: every message has one effect, a person's order is kept, and nobody can hold up the others."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channels import base
from bot.engine import conversation
from bot.services import receiving
from models import db, turns
from tests import postgres
from tests.services import house as houses
from tests.services.house import SEAL, VILLAGE, House, Person


@contextlib.contextmanager
def commits(house: House) -> Iterator[list[object]]:
    """Grows with each commit within."""
    seen: list[object] = []

    def committed(connection: object) -> None:
        seen.append(connection)

    sa.event.listen(house.database._engine.sync_engine, "commit", committed)
    yield seen
    sa.event.remove(house.database._engine.sync_engine, "commit", committed)


async def at_once(house: House, messages: list[base.Inbound]) -> None:
    """They arrive in this order before the desk looks up."""
    await asyncio.gather(*map(house.desk.receive, messages))


async def second_phone(person: Person, channel: str = "sms") -> Person:
    """Another address of the same contact."""
    other = person.house.person(channel=channel)
    await person.house.write(
        "INSERT INTO address (id, channel, key_hash, sealed, contact_id) VALUES (:id, :channel, :hash, :sealed, :of)",
        id=db.new_id(),
        channel=channel,
        hash=SEAL.hash(f"address/{channel}", other.address),
        sealed=SEAL.close("address", other.address),
        of=await person.contact(),
    )
    return other


async def test_a_repeat_has_no_effect(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        message = person.message(start="s-priorities")
        await house.desk.receive(message)
        await house.desk.receive(message)
        await asyncio.gather(house.desk.receive(message), house.desk.receive(message))
        assert [await house.count(table) for table in ("received", "contact", "outgoing")] == [1, 1, 1]


async def test_the_same_key_of_two_people_in_one_group_counts_once(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await at_once(house, [house.person().message("ашар", key="same") for _ in range(2)])
        assert [await house.count(table) for table in ("received", "contact")] == [1, 1]


async def test_a_group_of_different_people_is_one_transaction(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        people = [house.person() for _ in range(receiving.GROUP)]
        for text in ("ашар", "2"):
            with commits(house) as seen:
                await at_once(house, [person.message(text) for person in people])
            assert len(seen) == 1
        assert [await house.count(table) for table in ("contact", "outgoing")] == [256, 512]


@pytest.mark.parametrize("channel", ["sms", "web"])
async def test_a_crowd_can_do_everything_at_once(
    database_url: str, channel: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with houses.opened(database_url, houses.Letterbox(channel, push=channel != "web")) as house:
        people = [house.person(channel=channel) for _ in range(5)]
        # Consent is a step of its own on SMS alone.
        agreed = ("2", "1") if channel == "sms" else ("2",)
        steps = [{"start": "s-priorities"}, *({"text": text} for text in (*agreed, *VILLAGE[:9], "back", "back"))]
        steps += [{"text": text} for text in ("4 5 6", "skip", "1")]
        steps += [{"start": "a-suu"}, *({"text": text} for text in ("1", *houses.PLEDGE))]
        pledges = ("убадам", "1", "4", "1", "мои данные", "башка киши", "1", "1", "1", "1", "2", "15", "2")
        steps += [{"text": text} for text in (*pledges, "тил", "1", "стоп", "улант", "1", "өчүр", "1")]
        for step in steps:
            house.clock.forward(minutes=1)
            await at_once(house, [person.message(**step) for person in people])
        assert "өчүрүлдү" in (await people[0].reads()).head
        assert await house.rows("SELECT count(*) FROM respondent WHERE erased_at IS NOT NULL") == [5]
        assert await house.differences() == 0
        assert not [record.getMessage() for record in caplog.records if record.name == receiving.__name__]


async def test_a_person_is_taken_one_message_at_a_time_and_in_order(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person, others = house.person(), [house.person() for _ in range(3)]
        await person.begins()
        told = [person.message(text) for text in VILLAGE]
        with commits(house) as seen:
            await at_once(house, [told[0], *(other.message("ашар") for other in others), *told[1:]])
        assert len(seen) == len(VILLAGE)
        assert await house.rows("SELECT status FROM response") == ["finished"]
        assert "ответы получены" in (await person.reads()).head
        assert await house.differences() == 0


async def test_two_addresses_of_one_person_in_a_group_keep_their_order(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        phones = [person, await second_phone(person), await second_phone(person)]
        await at_once(house, [phones[n % 3].message(text) for n, text in enumerate(VILLAGE)])
        assert await house.rows("SELECT status FROM response") == ["finished"]
        sex = await house.rows("SELECT value FROM answer WHERE question = 'sex'")
        assert (sex, await house.count("contact"), await house.differences()) == (["woman"], 1, 0)
        replies = [len(await phone.letters()) for phone in phones]
        assert replies == [3 + 4, 3, 3]


async def test_a_poisonous_message_is_set_aside_alone(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with houses.opened(database_url) as house:
        people = [house.person() for _ in range(9)]
        for person in people:
            await person.begins()
        ill = people[4]
        await house.write("UPDATE contact SET sealed = :bad WHERE id = :id", bad=b"\x00bad", id=await ill.contact())
        secret = "Менин купуя сөзүм"
        message = ill.message(secret)
        caplog.clear()
        await at_once(house, [message if person is ill else person.message("1") for person in people])
        for person in people:
            said = (await person.reads()).head
            assert ("не потерян" in said) if person is ill else ("района или города" in said)
        await house.desk.receive(message)
        ((channel, sealed, error),) = await house.rows("SELECT channel, sealed, error FROM set_aside")
        assert (channel, SEAL.open_json("set_aside", sealed)["text"]) == ("sms", secret)
        assert error.startswith("Unreadable at open")
        logged = caplog.text + error
        assert "a message was set aside" in logged
        assert not [private for private in (secret, ill.address) if private in logged]
        assert await house.differences() == 0


async def test_a_strangers_poison_is_set_aside_and_they_are_told(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    async with houses.opened(database_url) as house:
        monkeypatch.setattr(conversation, "turn", broken)
        person = house.person()
        assert "не потерян" in (await person.sends("ашар")).head
        assert await house.rows("SELECT kind FROM due") == ["forget"]


async def test_half_a_character_is_no_poison(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person("+99670\ud83d")
        await person.begins()
        await person.says(*VILLAGE[:8])
        said = await person.says("Мост \ud83d\x00 керек", "1")
        assert "ответы получены" in said.head
        assert await house.count("set_aside") == 0


async def test_what_is_forgotten_at_the_same_moment_is_met_anew(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, looks = turns.find_addresses, []

    async def outdated(connection: db.Connection, keys: list[tuple[str, bytes]]) -> dict[bytes, turns.Address]:
        looks.append(keys)
        ((_, hash_),) = keys
        stale = {hash_: turns.Address("gone", hash_, "gone")}
        return stale if len(looks) == 1 else await find(connection, keys)

    async with houses.opened(database_url) as house:
        monkeypatch.setattr(turns, "find_addresses", outdated)
        await house.person().sends("ашар")
        assert [len(looks), await house.count("contact"), await house.count("set_aside")] == [2, 1, 0]


async def test_a_stranger_who_blocks_us_is_not_remembered(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await house.desk.receive(house.person().message(kind="blocked"))
        assert [await house.count(table) for table in ("contact", "address", "received")] == [0, 0, 1]


async def test_a_closed_address_opens_when_its_person_writes(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        heard = await house.rows("SELECT heard_at FROM address")
        house.clock.forward(minutes=1)
        await house.desk.receive(person.message(kind="blocked"))
        # Shutting us out is not writing.
        assert await house.rows("SELECT closed, heard_at FROM address") == [("blocked", *heard)]
        await house.desk.receive(person.message(kind="unblocked"))
        assert await house.rows("SELECT closed FROM address") == [None]
        await house.desk.receive(person.message(kind="blocked"))
        await person.sends("1")
        assert await house.rows("SELECT closed FROM address") == [None]


async def test_stop_drops_what_waits(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person, other = house.person(), house.person()
        await other.begins()
        await person.begins()
        await person.sends("стоп")
        statuses = [status for status, _ in await person.letters()]
        assert statuses == ["dropped", "dropped", "dropped", "waiting"]
        assert {status for status, _ in await other.letters()} == {"waiting"}
        assert await house.rows("SELECT stopped FROM contact ORDER BY stopped") == [False, True]
        assert "Из какой вы области" in (await person.sends("я тут")).head
        assert await house.rows("SELECT DISTINCT stopped FROM contact") == [False]


# -- when it is too much, or nothing works ---------------------------------------------------------------------------


async def test_too_many_waiting_are_sent_away(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "WAITING", 3)
    async with houses.opened(database_url) as house:
        messages = [house.person().message("ашар") for _ in range(5)]
        told = await asyncio.gather(*map(house.desk.receive, messages), return_exceptions=True)
        assert [type(each) for each in told] == [type(None)] * 3 + [receiving.Busy] * 2
        await at_once(house, messages[3:])
        assert await house.count("contact") == 5


async def test_who_waits_when_the_house_closes_is_told_to_come_again(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        waiting = [asyncio.create_task(house.desk.receive(person.message("ашар"))) for _ in range(3)]
        gone = asyncio.create_task(house.desk.receive(person.message("ашар")))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        await house.desk.__aexit__(None, None, None)
        told = await asyncio.gather(*waiting, return_exceptions=True)
        # The one in hand was finished.
        assert [type(each) for each in told] == [type(None), receiving.Busy, receiving.Busy]
        with pytest.raises(receiving.Busy):
            await house.desk.receive(person.message("ашар"))
        assert await house.count("received") == 1


Break = Callable[[bool], Coroutine[Any, Any, None]]


async def _survives(house: House, break_: Break) -> None:
    person = house.person()
    await person.begins()
    message = person.message("1")
    await break_(True)
    with pytest.raises(receiving.Busy):
        await house.desk.receive(message)
    await break_(False)
    await house.desk.receive(message)
    assert "района или города" in (await person.reads()).head
    assert await house.count("set_aside") == 0


async def test_while_the_file_is_gone_nothing_is_taken_and_nothing_lost(sqlite_url: str) -> None:
    path = Path(str(sa.make_url(sqlite_url).database))
    away = path.with_suffix(".away")

    async with houses.opened(sqlite_url) as house:

        async def break_(broken: bool) -> None:
            await house.database.close()
            if broken:
                path.rename(away)
                path.mkdir()
            else:
                path.rmdir()
                away.rename(path)

        await _survives(house, break_)


async def test_while_the_file_may_only_be_read_nothing_is_taken(sqlite_url: str) -> None:
    async with houses.opened(sqlite_url) as house:
        engine = house.database._engine.sync_engine

        def only_read(connection: Any, *_: object) -> None:
            connection.cursor().execute("PRAGMA query_only=ON")

        async def break_(broken: bool) -> None:
            (sa.event.listen if broken else sa.event.remove)(engine, "checkout", only_read)
            if not broken:
                await house.database.close()

        await _survives(house, break_)


async def test_while_another_holds_the_file_everybody_waits(sqlite_url: str) -> None:
    async with houses.opened(sqlite_url) as house:
        with sqlite3.connect(str(sa.make_url(sqlite_url).database), isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            waiting = asyncio.create_task(house.person().sends("ашар"))
            await asyncio.sleep(0.1)
            assert not waiting.done()
            other.execute("COMMIT")
            assert (await waiting).head
        other.close()


@pytest.mark.parametrize("trouble", ["closed", "read-only"])
async def test_while_the_server_refuses_nothing_is_taken(
    postgresql_url: str, postgres_server: postgres.Server, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    name = sa.make_url(postgresql_url).database
    caplog.set_level(logging.CRITICAL, "sqlalchemy.pool")

    async with houses.opened(postgresql_url) as house:

        async def break_(broken: bool) -> None:
            if trouble == "closed":
                postgres_server._execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {not broken}')
            else:
                word = "on" if broken else "off"
                postgres_server._execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {word}')
            postgres_server._execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

        await _survives(house, break_)


async def test_a_lock_that_is_not_given_up_blames_no_message(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "_SETTINGS", db._SETTINGS | {"lock_timeout": "10"})
    monkeypatch.setattr(receiving, "_REPLAYS", 2)
    async with houses.opened(postgresql_url) as house:
        person = house.person()
        await person.begins()

        message = person.message("1")
        async with house.database.transaction() as connection:
            await connection.execute(sa.text("LOCK TABLE tally IN EXCLUSIVE MODE"))
            with pytest.raises(receiving.Busy):
                await house.desk.receive(message)
        await house.desk.receive(message)
        assert await house.count("set_aside") == 0
