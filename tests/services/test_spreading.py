"""A broadcast reaches each once, by day where they are, and nobody who has had enough; it stands still when told to."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.channels import base
from bot.engine import state
from bot.services import broadcasting, spreading
from models import db
from tests import talking
from tests.services import house as houses
from tests.services import killed_spreader, residents
from tests.services.house import SEAL, House
from tests.services.test_notifying import DEADLINE, revise, tell
from tests.services.test_notifying_once import Messenger


def at(house: House, hour: int) -> None:
    """The next time it is so many o'clock in Kyrgyzstan."""
    now = house.clock.now
    then = now.replace(hour=(hour - 6) % 24, minute=0, second=0)
    house.clock.now = then if then > now else then + dt.timedelta(days=1)


async def test_everybody_is_told_once_in_their_language(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        ky = await residents.settle(house, 70)
        ru = await residents.settle(house, 2, language="ru")
        at(house, 12)
        await residents.send(house)
        assert await residents.spread(house) == 72
        assert await residents.spread(house) == 0
        assert sorted(await residents.told(house)) == sorted([*ky, *ru])
        letterbox = house.channels["sms"]
        assert isinstance(letterbox, houses.Letterbox)
        async with house.postman():
            await houses.until(lambda: len(letterbox.sent) == 72)
        [kyrgyz], [russian] = letterbox.heads(ky[0]), letterbox.heads(ru[0])
        assert kyrgyz.splitlines() == [residents.TEXT["ky"], "Эми жазбаңыздар десеңиз, «токтот» деп жазыңыз."]
        assert russian.startswith(residents.TEXT["ru"])
        assert "«стоп»" in russian


async def test_each_is_told_by_day_where_they_are(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        [home] = await residents.settle(house, 1)
        [korea] = await residents.settle(house, 1, begins="+8210555")
        [america] = await residents.settle(house, 1, begins="+1212555")
        [abroad] = await residents.settle(house, 1)
        # Their number is of Kyrgyzstan, and they said that they live in Korea.
        talk = state.to_plain(state.Talk(people=(state.Person("p", country="KR"),)))
        contact = (await house.rows("SELECT id FROM contact ORDER BY id"))[-1]
        await house.write(
            "UPDATE contact SET sealed = :sealed WHERE id = :id", sealed=SEAL.close_json("contact", talk), id=contact
        )
        at(house, 7)
        await residents.send(house)
        assert await residents.spread(house) == 2
        assert set(await residents.told(house)) == {korea, abroad}
        at(house, 9)
        assert await residents.spread(house) == 1
        assert home in await residents.told(house)
        at(house, 19)
        assert await residents.spread(house) == 0
        house.clock.forward(hours=7)
        assert await residents.spread(house) == 1
        assert america in await residents.told(house)


async def test_one_whose_row_is_damaged_keeps_it_from_nobody_else(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        _, *others = await residents.settle(house, 3)
        first = (await house.rows("SELECT id FROM contact ORDER BY id"))[0]
        await house.write("UPDATE address SET sealed = :sealed WHERE contact_id = :id", sealed=b"broken", id=first)
        at(house, 12)
        await residents.send(house)
        assert await residents.spread(house) == 2
        assert sorted(await residents.told(house)) == sorted(others)
        assert await residents.spread(house) == 0


async def test_whoever_says_stop_is_told_nothing_more(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says(*houses.VILLAGE)
        house.clock.forward(hours=1)
        await residents.send(house)
        assert await residents.spread(house) == 1
        await person.sends("токтот")
        assert [status for status, letter in await person.letters() if residents.TEXT["ru"] in letter.head] == [
            "dropped"
        ]
        assert (await residents.send(house, residents.announced("second"))).people == 0
        await person.sends("улант")
        await residents.send(house, residents.announced("third"))
        await person.sends("токтот")
        at(house, 12)
        assert await residents.spread(house) == 0
        assert await house.rows("SELECT status FROM recipient ORDER BY broadcast_id") == ["out", "dropped"]


async def test_nobody_hears_from_us_twice_a_day(database_url: str, tmp_path: Path) -> None:
    flows = Path(shutil.copytree(talking.FLOWS, tmp_path / "flows"))
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says(*houses.VILLAGE)
        await person.says("/start a-suu", "1", "5 дней", "1", "меню")
        at(house, 12)
        for name in ("one", "two"):
            await residents.send(house, residents.announced(name))
        assert await residents.spread(house) == 1
        await revise(house, flows, *DEADLINE)
        house.clock.forward(minutes=5)
        assert await tell(house, house.clock()) == 0
        at(house, 12)
        # The news of their gift goes first.
        assert await tell(house, house.clock()) == 1
        assert await residents.spread(house) == 0
        at(house, 12)
        assert await residents.spread(house) == 1


async def test_whoever_answers_questions_just_now_is_left_alone(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        at(house, 12)
        person = house.person()
        await person.begins()
        await person.says(*houses.VILLAGE)
        await person.says("жооптор", "2")
        await residents.send(house)
        assert await residents.spread(house) == 0
        house.clock.forward(minutes=31)
        assert await residents.spread(house) == 1


async def test_the_web_chat_shows_it_at_the_next_visit_and_one_at_a_time(database_url: str) -> None:
    async with houses.opened(database_url, Messenger("web")) as house:
        person = house.person("w" * 32, "web")
        await person.begins()
        await person.says(*houses.VILLAGE)
        at(house, 12)
        await residents.send(house)
        await residents.send(house, residents.announced("second"))
        assert await residents.spread(house) == 1
        at(house, 12)
        assert await residents.spread(house) == 0
        shown = [each.head for each in await house.desk.screen("web", person.address)]
        assert shown[-1] == residents.TEXT["ru"]
        await person.sends("меню")
        at(house, 12)
        assert await residents.spread(house) == 1


@pytest.mark.parametrize("template", [True, False])
async def test_whatsapp_waits_for_them_to_write_without_a_template(sqlite_url: str, template: bool) -> None:
    async with houses.opened(sqlite_url, Messenger("whatsapp", template=template)) as house:
        [address] = await residents.settle(house, 1, channel="whatsapp", begins="whatsapp:+99655")
        at(house, 12)
        house.clock.forward(days=1)
        await residents.send(house)
        assert await residents.spread(house) == (1 if template else 0)
        await house.person(address, "whatsapp").sends("салам")
        house.clock.forward(hours=6)
        assert await residents.spread(house) == (0 if template else 1)


async def test_one_phone_that_is_known_on_whatsapp_and_by_sms_rings_once(database_url: str) -> None:
    async with houses.opened(database_url, houses.Letterbox(), Messenger("whatsapp")) as house:
        [sms] = await residents.settle(house, 1)
        [other] = await residents.settle(house, 1, channel="whatsapp", begins="whatsapp:+99655")
        hash_, sealed = SEAL.hash("address/whatsapp", f"whatsapp:{sms}"), SEAL.close("address", f"whatsapp:{sms}")
        same = "UPDATE address SET key_hash = :hash, sealed = :sealed WHERE key_hash = :other"
        await house.write(same, hash=hash_, sealed=sealed, other=SEAL.hash("address/whatsapp", other))
        at(house, 12)
        await residents.send(house)
        assert await residents.spread(house) == 1
        at(house, 12)
        assert await residents.spread(house) == 0
        assert len(await residents.told(house)) == 1


async def test_a_pause_is_not_held_up_by_those_whose_message_has_begun(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasting, "_RECALLED", 2)
    box = houses.Letterbox("sms")
    box.capabilities = base.Capabilities(text=70)
    async with houses.opened(database_url, box) as house:
        await residents.settle(house, 7)
        at(house, 12)
        await residents.send(house)
        assert await residents.spread(house) == 7
        # The platform took the first part of the first four messages, and then no more.
        begun = "SELECT min(id) FROM outgoing GROUP BY contact_id ORDER BY contact_id LIMIT 4"
        await house.write(f"UPDATE outgoing SET status = 'sent' WHERE id IN ({begun})")
        before, taken = await broadcasting.change(house.database, "meeting", broadcasting.PAUSED)
        assert (before.state, taken) == (broadcasting.RUNNING, 3)
        # Of what has begun to go the rest goes too.
        assert await house.rows("SELECT count(DISTINCT contact_id) FROM outgoing WHERE status = 'waiting'") == [4]


async def test_a_pause_takes_back_what_has_not_gone_and_going_on_tells_the_rest(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        addresses = await residents.settle(house, 5)
        at(house, 12)
        await residents.send(house)
        assert await residents.spread(house) == 5
        [first, *_] = await house.rows("SELECT id FROM outgoing ORDER BY id")
        await house.write("UPDATE outgoing SET status = 'sent' WHERE id = :id", id=first)
        before, taken = await broadcasting.change(house.database, "meeting", broadcasting.PAUSED)
        assert (before.state, taken) == (broadcasting.RUNNING, 4)
        assert len(await residents.told(house)) == 1
        at(house, 12)
        assert await residents.spread(house) == 0
        await broadcasting.change(house.database, "meeting", broadcasting.RUNNING)
        assert await residents.spread(house) == 4
        assert sorted(await residents.told(house)) == sorted(addresses)
        _, taken = await broadcasting.change(house.database, "meeting", broadcasting.CANCELLED)
        assert taken == 4
        await broadcasting.change(house.database, "meeting", broadcasting.RUNNING)
        at(house, 12)
        assert await residents.spread(house) == 0
        assert (await broadcasting.named(house.database, "meeting")).state == broadcasting.CANCELLED


async def test_once_its_days_are_over_nobody_is_told_and_later_nobody_knows_whom_it_was_for(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await residents.settle(house, 3)
        at(house, 12)
        await residents.send(house)
        house.clock.forward(days=7)
        assert await residents.spread(house) == 0
        assert (await broadcasting.named(house.database, "meeting")).state == broadcasting.OVER
        assert await house.count("recipient") == 3
        house.clock.forward(days=31)
        await residents.spread(house)
        assert await house.count("recipient") == 0
        assert (await residents.send(house)).people == 3
        assert await house.count("recipient") == 0


async def test_erasing_takes_whoever_it_was_for_out_of_it(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says(*houses.VILLAGE)
        await residents.settle(house, 1)
        house.clock.forward(hours=1)
        await residents.send(house)
        await residents.spread(house)
        await person.says("өчүр", "1")
        assert await house.count("recipient") == 1
        assert len(await residents.told(house)) == 1


async def test_two_processes_tell_each_once(postgresql_url: str) -> None:
    async with houses.opened(postgresql_url) as house:
        addresses = await residents.settle(house, 3 * spreading.BATCH + 7)
        at(house, 12)
        await residents.send(house)
        other = db.Database(postgresql_url)
        try:
            counts = await asyncio.gather(*(residents.spread(house, each) for each in (house.database, other, other)))
        finally:
            await other.close()
        house.clock.forward(minutes=2)
        assert sum(counts) + await residents.spread(house) == len(addresses)
        assert sorted(await residents.told(house)) == sorted(addresses)


async def test_a_process_that_is_killed_amid_spreading_has_told_whole_batches(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        addresses = await residents.settle(house, 2 * spreading.BATCH + 3)
        at(house, 12)
        await residents.send(house)
        words = [sys.executable, "-m", killed_spreader.__name__, database_url, house.clock().isoformat()]
        killed = await asyncio.to_thread(subprocess.run, words, timeout=60)
        assert killed.returncode < 0
        assert len(await residents.told(house)) == spreading.BATCH
        await residents.spread(house)
        assert sorted(await residents.told(house)) == sorted(addresses)
