"""Whoever asks is gone within a minute: no table, no column, sealed or open, and no file knows them any more."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from bot.engine.pledging.events import Role
from models import tables
from tests.services import everything, sending, signers
from tests.services import house as houses
from tests.services.house import House, Letterbox, Person
from tests.services.sending import Sending
from tests.services.test_delivering import settled

#: What stays of somebody who is erased, and names nobody: that they once agreed, and that a number asked to be gone.
STAYS = {"respondent": {"consent", "respondent"}, "address": {"address"}}


async def is_erased(sent: Sending, person: Person) -> None:
    """They ask for it, are told, and a minute passes, with the postman and the fetcher at work."""
    house, phone = sent.house, sent.house.channels["whatsapp"]
    assert isinstance(phone, Letterbox)
    async with house.postman() as postman:
        await person.says("өчүр", "1")
        for _ in range(6):
            await settled(house, "SELECT 1 FROM outgoing WHERE status IN ('sending', 'waiting')")
            house.clock.forward(seconds=10)
            await postman.look()
    assert "Данные удалены" in phone.heads(person.address)[-1]
    await sent.fetched()


async def ids(house: House, contact: str) -> dict[str, set[str]]:
    """Ids of rows that are a person's alone, by table."""
    of = "SELECT id FROM respondent WHERE contact_id = :contact"
    by = {
        "contact": "SELECT id FROM contact WHERE id = :contact",
        "address": "SELECT id FROM address WHERE contact_id = :contact",
        "respondent": of,
        "response": f"SELECT id FROM response WHERE respondent_id IN ({of})",
        "media": f"SELECT id FROM media WHERE respondent_id IN ({of})"
        f" OR response_id IN (SELECT id FROM response WHERE respondent_id IN ({of}))",
        "files": "SELECT content_hash FROM media WHERE content_hash IS NOT NULL",
    }
    return {name: {str(each) for each in await house.rows(select, contact=contact)} for name, select in by.items()}


async def where(house: House, word: str) -> set[str]:
    """Tables in which that is found, in any column, sealed or open."""
    dump, opened = await house.dump(), await house.unsealed()
    found = {name for name, content in dump.items() if word.encode() in content}
    return found | {name for name, content in opened.items() if word in content}


async def ledger(house: House) -> list[tuple[object, ...]]:
    """The steps of all pledges, as they stand for good."""
    return await house.rows("SELECT pledge_id, step, quantity, fee, actor, hand FROM pledge_event ORDER BY id")


async def test_of_somebody_who_did_everything_nothing_is_left(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path, Letterbox("whatsapp")) as sent:
        house = sent.house
        neighbour = house.person(channel="whatsapp")
        await neighbour.begins()
        await neighbour.says(*houses.TOWN)
        treasurer = house.person(channel="whatsapp")
        await treasurer.says("ашар", "2", await signers.code(house, Role.TREASURER), "1")
        person = await everything.lives(sent)
        for secret in everything.SECRETS:
            assert await where(house, secret), secret
        # The treasurer sees the name that goes with a transfer, and books it.
        assert "Жылдызбеков" in (await treasurer.says("казна", "1")).head
        async with house.postman():
            await settled(house, "SELECT 1 FROM outgoing WHERE status IN ('sending', 'waiting')")
        before = await ledger(house)
        theirs = await ids(house, await person.contact())
        assert all(theirs.values())
        assert len(sent.on_disk()) == len(theirs["files"])

        await is_erased(sent, person)

        for secret in everything.SECRETS:
            assert not await where(house, secret), secret
        for table, names in theirs.items():
            for name in names:
                left = await where(house, name)
                assert left <= STAYS.get(table, set()), (table, left)
        assert sent.on_disk() == []
        # Of their number only the keyed hash stays, so that a refusal is remembered; of their consent, that it ended.
        hash_ = house.seal.hash("address/whatsapp", person.address)
        kept = sa.select(tables.address).where(tables.address.c.key_hash == hash_)
        async with house.database.reading() as connection:
            [row] = (await connection.execute(kept)).mappings()
        assert {name for name, value in row.items() if value is not None} == {"id", "channel", "key_hash", "closed"}
        [gone] = theirs["respondent"]
        assert set(await house.rows("SELECT withdrawn_at IS NULL FROM consent WHERE respondent_id = :r", r=gone)) == {
            False
        }
        # The ledger is whole and unlinked.
        assert (await ledger(house))[: len(before)] == before
        assert (
            await house.rows("SELECT respondent_id, sealed, shown, country, place FROM pledge")
            == [(None, None, None, "", "")] * 2
        )
        assert await house.differences() == 0
        assert await house.rows("SELECT count FROM tally WHERE question = '' AND margin = '' AND count > 0") == [1]
        # Nobody else was touched.
        assert "51" in (await neighbour.says("мои данные")).head
        assert await house.rows("SELECT count(*) FROM response") == [1]


async def test_behind_a_shared_phone_only_the_one_who_asks(database_url: str, tmp_path: Path) -> None:
    async with sending.opened(database_url, tmp_path, Letterbox("whatsapp")) as sent:
        house = sent.house
        person = await everything.lives(sent)
        await person.says(
            "башка киши", "1", "1", "1", "1", "2", "Кең-Суу", "1", "34", "1", "1 2 3", "3 2 1", "Школа", "1"
        )
        contact = await person.contact()
        gone, stays = await house.rows("SELECT id FROM respondent ORDER BY created_at, id")
        await person.says("башка киши", "1")
        # Something waits for the sister.
        await house.write(
            "UPDATE outgoing SET status = 'waiting' WHERE id = (SELECT max(id) FROM outgoing WHERE respondent_id = :s)",
            s=stays,
        )
        await person.says("өчүр", "1")
        waits = "SELECT count(*) FROM outgoing WHERE respondent_id = :s AND status = 'waiting'"
        assert await house.rows(waits, s=stays) != [0]
        await is_erased_beside(sent)
        for secret in everything.SECRETS:
            left = await where(house, secret)
            # The number is the sister's too.
            assert left <= ({"address"} if secret in everything.PHONE else set()), (secret, left)
        assert await where(house, gone) <= STAYS["respondent"]
        assert await where(house, "Школа") >= {"answer", "response"}
        assert await house.rows("SELECT id FROM contact") == [contact]
        assert sent.on_disk() == []
        assert await house.differences() == 0


async def is_erased_beside(sent: Sending) -> None:
    """A minute passes."""
    async with sent.house.postman() as postman:
        for _ in range(6):
            await settled(sent.house, "SELECT 1 FROM outgoing WHERE status IN ('sending', 'waiting')")
            sent.house.clock.forward(seconds=10)
            await postman.look()
    await sent.fetched()
