"""Erasing, and what falls due: of a person nothing stays, of others nothing goes, and the ledger still adds up."""

import datetime as dt

import pytest
import sqlalchemy as sa

from bot.channels import base
from bot.engine.pledging.events import Role
from bot.services import forgetting
from models import db, tables
from models import forgetting as rows
from tests.services import house as houses
from tests.services import signers
from tests.services.house import SEAL, TOWN, VILLAGE, Letterbox, Person
from tests.services.test_delivering import settled

#: What only the person who is erased has said.
THEIRS = ("Чон-Жар", "Мост через реку", "Айгүл Асанова")


async def gives_all(person: Person) -> None:
    """A survey with village and proposal, a pledge with a name."""
    await person.begins()
    await person.says(*VILLAGE)
    await person.sends(start="a-suu")
    await person.says("1", *houses.PLEDGE)


async def test_nothing_in_the_database_names_or_reaches_a_person(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person("+996700123456")
        await gives_all(person)
        dump, opened = await house.dump(), await house.unsealed()
        for secret in (*THEIRS, person.address, person.address.strip("+"), "123456"):
            assert not [name for name, content in dump.items() if secret.encode() in content], secret
        # It is there, under seal.
        assert person.address in opened["address"]
        for text, table in zip(THEIRS, ("answer", "response", "pledge"), strict=True):
            assert text in opened[table]


async def test_erasing_empties_one_person_and_leaves_the_others(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person, neighbour = house.person(), house.person()
        await neighbour.begins()
        await neighbour.says(*TOWN)
        await gives_all(person)
        contact = await person.contact()
        # A message of theirs that failed lies aside.
        (sealed,) = await house.rows("SELECT sealed FROM contact WHERE id = :id", id=contact)
        for state, text in ((b"bad", THEIRS[1]), (sealed, "меню")):
            await house.write("UPDATE contact SET sealed = :state WHERE id = :id", state=state, id=contact)
            await person.sends(text)
        assert await house.count("set_aside") == 1
        # Their sister takes the phone, answers, and gives it back.
        await person.says("башка киши", "1", "1", *VILLAGE[:2], "Кең-Суу", *VILLAGE[3:8], "Школа", "1")
        await person.says("башка киши", "1")
        people = "SELECT id FROM respondent WHERE contact_id = :contact ORDER BY created_at"
        erased, kept = await house.rows(people, contact=contact)
        assert "Данные удалены" in (await person.says("өчүр", "1")).head
        opened = await house.unsealed()
        for text in THEIRS:
            assert not [table for table, content in opened.items() if text in content], text
        assert "Кең-Суу" in opened["answer"]
        assert "Школа" in opened["response"]
        assert sorted(await house.rows("SELECT respondent_id IN (:kept) FROM response", kept=kept)) == [False, True]
        for table in ("response", "outgoing", "pledge"):
            assert not await house.rows(f"SELECT 1 FROM {table} WHERE respondent_id = :r", r=erased), table
        emptied = "SELECT contact_id, erased_at IS NOT NULL FROM respondent WHERE id = :r"
        assert [(await house.rows(emptied, r=r))[0] for r in (erased, kept)] == [(None, True), (contact, False)]
        consents = await house.rows("SELECT withdrawn_at IS NULL FROM consent WHERE respondent_id = :r", r=erased)
        assert consents == [False, False]
        assert await house.count("set_aside") == 0
        # The ledger is kept and adds up.
        assert await house.rows("SELECT step, quantity FROM pledge_event ORDER BY id") == [
            ("offered", 500),
            ("confirmed", 500),
            ("withdrawn", 500),
        ]
        assert await house.rows("SELECT quantity, pledges FROM ledger_total WHERE stage = ''") == [(0, 0)]
        assert await house.differences() == 0
        assert [status for status, _ in await person.letters()][-1] == "waiting"
        assert await house.rows("SELECT count FROM tally WHERE question = '' AND margin = '' AND count > 0") == [2]


async def test_after_the_farewell_only_the_hash_of_the_address_stays(database_url: str) -> None:
    phone = Letterbox()
    async with houses.opened(database_url, phone) as house:
        person = house.person()
        await gives_all(person)
        await person.says("өчүр", "1")
        farewell = (await person.reads()).head
        async with house.postman() as postman:
            phone.fates = [base.Receipt(base.Fate.LATER, retry_after=90)]
            await houses.until(lambda: len(phone.sent) == 1)
            # The 90 seconds begin when the receipt is written down.
            await settled(house)
            house.clock.forward(seconds=60)
            await postman.look()
            assert await house.count("contact") == 1
            house.clock.forward(seconds=40)
            postman.wake()
            await houses.until(lambda: len(phone.sent) == 2)
            assert phone.heads(person.address) == [farewell] * 2
        house.clock.forward(seconds=60)
        await forgetting.fall_due(house.database, ["sms"], house.clock())
        assert [await house.count(table) for table in ("contact", "outgoing", "response", "answer")] == [0] * 4
        hash_ = SEAL.hash("address/sms", person.address)
        assert await house.rows("SELECT key_hash, sealed, contact_id, closed, heard_at FROM address") == [
            (hash_, None, None, "erased", None)
        ]
        assert "".join((await house.unsealed()).values()) == ""
        # Whoever writes again is a stranger.
        await person.sends("ашар")
        assert [await house.count("contact"), await house.count("address")] == [1, 1]


async def test_who_writes_again_after_erasing_has_a_day_of_their_own(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says("өчүр", "1")
        house.clock.forward(seconds=-30)
        await person.sends("ашар")
        await _due(house, minutes=5)
        assert await house.count("contact") == 1
        await _due(house, hours=24)
        assert [await house.count("contact"), await house.count("address")] == [0, 0]


async def test_who_never_consented_is_forgotten_after_a_day_of_silence(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        silent, late, agreed = house.person(), house.person(), house.person()
        await silent.sends(start="s-priorities")
        await late.sends(start="s-priorities")
        await agreed.begins()
        await _due(house, hours=20)
        assert await house.count("contact") == 3
        await late.sends("2")
        await _due(house, hours=4)
        assert await house.rows("SELECT id FROM contact ORDER BY id") == sorted(
            [await late.contact(), await agreed.contact()]
        )
        await _due(house, hours=24)
        assert await house.rows("SELECT id FROM contact") == [await agreed.contact()]
        assert [await house.count("address"), await house.count("due")] == [1, 0]
        assert "Из какой вы области" in (await agreed.reads()).head


async def test_after_thirty_days_texts_and_message_ids_are_purged(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await forgetting.begin(house.database, house.clock())
        await _due(house, days=29)
        await person.sends("1")
        assert [await house.count("outgoing"), await house.count("received")] == [4, 4]
        await _due(house, days=2)
        assert [await house.count("outgoing"), await house.count("received")] == [1, 1]
        assert await house.rows("SELECT kind FROM due WHERE kind = 'purge'") == ["purge"]
        # Their answers are another matter.
        assert await house.count("answer") == 1


async def test_much_is_purged_in_small_steps(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    purge = rows.purge

    async def counted(connection: db.Connection, before: dt.datetime, limit: int) -> int:
        steps.append(await purge(connection, before, limit))
        return steps[-1]

    monkeypatch.setattr(forgetting, "BATCH", 5)
    monkeypatch.setattr(rows, "purge", counted)
    async with houses.opened(database_url) as house:
        people = [house.person() for _ in range(3)]
        for person in people:
            await person.begins()
        await house.write("UPDATE contact SET sealed = :bad", bad=b"bad")
        await people[0].sends("1")
        code = await signers.code(house, Role.SECOND)
        await forgetting.begin(house.database, house.clock())
        await _due(house, days=31)
        assert code
        for table in ("outgoing", "received", "set_aside", "office_code"):
            assert await house.count(table) == 0
        # Three messages and their answers of each, one that failed, its answer, and itself.
        assert steps == [5, 5, 5, 5, 1]


async def test_many_that_cannot_be_forgotten_hold_up_nobody(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "AT_ONCE", 2)
    async with houses.opened(database_url) as house:
        stuck, other = [house.person() for _ in range(3)], house.person()
        for person in (*stuck, other):
            await person.sends("ашар")
        contacts = [await person.contact() for person in stuck]
        forget = rows.forget

        async def fails(connection: db.Connection, contact_id: str, *, refused: bool) -> None:
            if contact_id in contacts:
                await connection.execute(sa.insert(tables.contact), [{"id": contact_id, "created_at": house.clock()}])
            await forget(connection, contact_id, refused=refused)

        monkeypatch.setattr(rows, "forget", fails)
        await _due(house, hours=25)
        assert sorted(await house.rows("SELECT id FROM contact")) == sorted(contacts)


async def test_one_that_cannot_be_forgotten_holds_up_nobody(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with houses.opened(database_url) as house:
        stuck, other = house.person(), house.person()
        await stuck.sends("ашар")
        await other.sends("ашар")
        contact, forget = await stuck.contact(), rows.forget

        async def fails(connection: db.Connection, contact_id: str, *, refused: bool) -> None:
            if contact_id == contact:
                await connection.execute(sa.insert(tables.contact), [{"id": contact_id, "created_at": house.clock()}])
            await forget(connection, contact_id, refused=refused)

        monkeypatch.setattr(rows, "forget", fails)
        await _due(house, hours=25)
        assert await house.rows("SELECT id FROM contact") == [contact]
        monkeypatch.undo()
        await _due(house, seconds=10)
        assert await house.count("contact") == 0


async def _due(house: houses.House, **ahead: int) -> None:
    house.clock.forward(**ahead)
    await forgetting.fall_due(house.database, ["sms"], house.clock())
