"""The postman in trouble: what breaks stops nothing, and what a provider says afterwards is taken up."""

import datetime as dt

import pytest
import sqlalchemy as sa

from bot.channels import base
from bot.services import delivering, forgetting
from models import outbox
from tests.services import house as houses
from tests.services.house import Letterbox, until
from tests.services.test_delivering import Fate, Receipt, arrived, begun, later, settled, statuses


async def test_what_cannot_be_opened_or_raises_stops_nothing(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        spoilt = house.person()
        await spoilt.sends("ашар")
        bad = "UPDATE outgoing SET sealed = :bad WHERE contact_id = :id"
        await house.write(bad, bad=b"bad", id=await spoilt.contact())
        phone.fates = [RuntimeError("a fault of the channel's")]
        await person.sends("1")
        third = house.person()
        async with house.postman() as postman:
            await arrived(phone, 1)
            await settled(house)
            assert await house.rows("SELECT status FROM outgoing WHERE code = 'unreadable'") == ["failed"]
            await house.desk.receive(third.message("ашар"))
            postman.wake()
            await arrived(phone, 2)
            await settled(house)
            await house.write("UPDATE outgoing SET status = 'sending' WHERE code = 'unreadable'")
            await later(house, postman, minutes=5)
            await arrived(phone, 3)
            await settled(house)
        assert phone.heads(person.address) == [(await person.reads()).head] * 2
        assert await house.rows("SELECT code FROM outgoing WHERE status = 'failed'") == ["unknown"]


async def test_trouble_with_what_is_due_does_not_stop_the_post(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object) -> None:
        raise ZeroDivisionError

    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        monkeypatch.setattr(forgetting, "fall_due", breaks)
        async with house.postman() as postman:
            for _ in range(3):
                await person.sends("1")
                postman.wake()
            await arrived(phone, 3)


async def test_while_the_database_is_away_what_became_of_messages_is_kept(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "_AWAY", 0.02)
    record = outbox.record
    refused: list[int] = []

    async def breaks(*arguments: object) -> None:
        if len(refused) < 3 and phone.sent:
            refused.append(1)
            raise sa.exc.OperationalError("", {}, Exception())
        await record(*arguments)  # type: ignore[arg-type]  # whatever it is given

    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        await person.sends("1")
        monkeypatch.setattr(outbox, "record", breaks)
        async with house.postman():
            await until(lambda: len(refused) == 3)
            await settled(house)
        assert (len(phone.sent), await statuses(person)) == (1, ["sent"])


async def test_a_channel_this_process_lacks_is_left_to_others(database_url: str) -> None:
    here, elsewhere, shown = Letterbox("sms"), Letterbox("whatsapp"), Letterbox("web", push=False)
    async with houses.opened(database_url, here, elsewhere, shown) as house:
        person = house.person(channel="whatsapp")
        await person.sends("ашар")
        web = house.person(channel="web")
        await web.sends("ашар")
        async with house.postman({"sms": here, "web": shown}) as postman:
            await house.person().sends("ашар")
            postman.wake()
            await arrived(here, 1)
            await later(house, postman, seconds=70)
        assert (elsewhere.sent, shown.sent) == ([], [])
        async with house.postman({"whatsapp": elsewhere}):
            await arrived(elsewhere, 1)
        assert [said.head for said in await house.desk.screen("web", web.address)] == [(await web.reads()).head]


async def test_a_moved_address_is_followed_and_one_that_is_taken_is_not(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        other = house.person()
        await other.sends("ашар")
        await house.write("UPDATE outgoing SET status = 'sent'")
        for target in ("-100123", other.address):
            phone.fates = [Receipt(Fate.LATER, retry_after=1, moved_to=target)]
            await person.sends("1")
            sent = len(phone.sent)
            async with house.postman() as postman:
                await arrived(phone, sent + 1)
                await settled(house)
                house.clock.forward(seconds=5)
                postman.wake()
                await arrived(phone, sent + 2)
            person.address = "-100123"
        assert [address for address, _ in phone.sent[1:]] == ["-100123"] * 3


async def test_a_failure_told_afterwards_is_taken_up_and_not_undone(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        await person.sends("1")
        async with house.postman() as postman:
            await arrived(phone, 1)
            await settled(house)
            await postman.afterwards.take(base.Status("of nobody", Receipt(Fate.FAILED, code="1")))
            await postman.afterwards.take(base.Status("id1", Receipt(Fate.FAILED, code="30008")))
            await postman.afterwards.take(base.Status("id1", Receipt(Fate.SENT, code="delivered")))
            assert await statuses(person) == ["failed"]
            assert await house.rows("SELECT closed FROM address") == [None]
            await postman.afterwards.take(base.Status("id1", Receipt(Fate.GONE, code="63032")))
            assert await house.rows("SELECT closed FROM address") == ["63032"]


async def test_a_failure_told_before_the_send_is_written_down_is_not_lost(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        await person.sends("1")
        phone.open.clear()
        async with house.postman() as postman:
            await arrived(phone, 1)
            await postman.afterwards.take(base.Status("id1", Receipt(Fate.FAILED, code="30008")))
            phone.open.set()
            # First it is written down as sent, then the failure that was known already.
            await settled(house, "SELECT 1 FROM outgoing WHERE id = (SELECT max(id) FROM outgoing) AND code IS NULL")
            assert await statuses(person) == ["failed"]


async def test_a_failure_told_too_early_to_another_process_is_not_lost(database_url: str) -> None:
    phone = Letterbox()
    async with begun(database_url, phone) as (house, person):
        await person.sends("1")
        phone.open.clear()
        other = house.postman()
        async with house.postman():
            await arrived(phone, 1)
            await other.afterwards.take(base.Status("id1", Receipt(Fate.GONE, code="63032")))
            phone.open.set()
            await settled(house)
        assert await statuses(person) == ["sent"]
        await other.look()
        assert await statuses(person) == ["failed"]
        assert await house.rows("SELECT closed FROM address") == ["63032"]


async def test_what_is_told_twice_is_done_once(database_url: str) -> None:
    phone = Letterbox()
    busy = base.Status("id1", Receipt(Fate.LATER, code="30001", retry_after=300))
    async with begun(database_url, phone) as (house, person):
        await person.sends("1")
        other = house.postman()
        async with house.postman() as postman:
            await arrived(phone, 1)
            await settled(house)
            await postman.afterwards.take(busy)
            await other.afterwards.take(busy)
            assert await statuses(person) == ["waiting"]
            await later(house, postman, seconds=310)
            await arrived(phone, 2)
            await settled(house)
        assert await statuses(person) == ["sent"]


async def test_what_is_told_of_nobodys_message_is_not_looked_for_for_ever(sqlite_url: str) -> None:
    async with begun(sqlite_url, Letterbox()) as (house, _):
        postman = house.postman()
        await postman.afterwards.take(base.Status("of nobody", Receipt(Fate.FAILED, code="1")))
        assert len(postman.afterwards._early) == 1
        house.clock.forward(minutes=6)
        await postman.look()
        assert not postman.afterwards._early


async def test_what_a_provider_could_not_pass_on_for_now_goes_again(database_url: str) -> None:
    phone = Letterbox()
    busy = Receipt(Fate.LATER, code="30001", retry_after=300)
    async with begun(database_url, phone) as (house, person):
        await person.sends("1")
        async with house.postman() as postman:
            await arrived(phone, 1)
            await settled(house)
            await postman.afterwards.take(base.Status("id1", busy))
            house.clock.forward(seconds=310)
            postman.wake()
            await arrived(phone, 2)
            await person.sends("1")
            postman.wake()
            await arrived(phone, 3)
            await settled(house)
            # Something was said since: it would come out of order.
            await postman.afterwards.take(base.Status("id2", busy))
        assert await statuses(person) == ["failed", "sent"]


async def test_the_daily_purge_is_set_going(database_url: str) -> None:
    async with begun(database_url, Letterbox()) as (house, _):
        async with house.postman():
            tomorrow = str((house.clock() + dt.timedelta(days=1)).date())
            # At first it is due at once; once it was done, tomorrow.
            put_off = f"kind = 'purge' AND CAST(at AS VARCHAR) LIKE '{tomorrow}%'"
            await settled(house, f"SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM due WHERE {put_off})")
        assert await house.rows("SELECT key FROM due WHERE kind = 'purge'") == ["daily"]
