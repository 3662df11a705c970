"""What became of a send: when it goes again, and what is known to be in vain before it is tried."""

import dataclasses
import datetime as dt

import pytest

from bot.channels import base
from bot.services import postmarking
from models import outbox
from tests.services import house as houses
from tests.services.house import House, Letterbox, until
from tests.services.test_delivering import Fate, Receipt, settled

AT = dt.datetime(2026, 3, 21, 12, tzinfo=dt.UTC)


class Windowed(Letterbox):
    """WhatsApp: whoever has not written for a day is reached by an approved template only."""

    def __init__(self, *, opens: bool) -> None:
        super().__init__("whatsapp")
        self.capabilities = dataclasses.replace(self.capabilities, window=True, opens=opens)
        self.outside: list[bool] = []

    async def send(self, address: str, outbound: base.Outbound) -> base.Receipt:
        """As the template or as words."""
        self.outside.append(outbound.outside)
        return await super().send(address, outbound)


def letter(**more: object) -> outbox.Letter:
    """A message of half an hour ago."""
    written = AT - dt.timedelta(minutes=30)
    letter = outbox.Letter(1, "c", "a", "sms", "sending", b"x", 0, written, b"a", None, written)
    return letter._replace(**more)  # type: ignore[arg-type]  # each is of its field's type


def waits(receipt: base.Receipt, **more: object) -> float:
    """Seconds until it goes again."""
    row = postmarking.row(postmarking.Done(letter(**more), False, receipt, ""), AT, dt.timedelta())
    assert row["status"] == "waiting"
    return float((row["not_before"] - AT).total_seconds())


@pytest.mark.parametrize(("age", "usual"), [(0, 2), (10, 10), (300, 300), (7200, 600)])
def test_without_a_time_of_the_providers_it_waits_as_long_again_and_never_in_step(age: int, usual: float) -> None:
    found = {waits(Receipt(Fate.LATER), created_at=AT - dt.timedelta(seconds=age)) for _ in range(50)}
    assert usual * 0.69 < min(found)
    assert max(found) < usual * 1.31
    assert len(found) > 1


def test_a_providers_own_time_is_kept_exactly() -> None:
    assert waits(Receipt(Fate.LATER, retry_after=7)) == 7


def test_what_was_written_to_many_is_not_given_up_for_having_waited_its_turn() -> None:
    old = AT - dt.timedelta(hours=30)
    row = postmarking.row(postmarking.Done(letter(created_at=old), False, Receipt(Fate.LATER), ""), AT, dt.timedelta())
    assert row["status"] == "failed"
    assert waits(Receipt(Fate.LATER, retry_after=1), created_at=old, bulk=True) == 1


async def keep(house: House) -> None:
    """Nobody is forgotten for having agreed to nothing within a day."""
    await house.write("DELETE FROM due")


async def silent_for(house: House, phone: Windowed, **ahead: int) -> None:
    """Somebody who wrote so long ago is told something."""
    person = house.person(channel="whatsapp")
    await person.sends("ашар")
    await keep(house)
    house.clock.forward(**ahead)
    async with house.postman():
        await until(lambda: phone.outside)
        await settled(house)


@pytest.mark.parametrize(("hours", "outside"), [(23, False), (25, True)])
async def test_a_day_after_they_wrote_it_goes_as_the_template(database_url: str, hours: int, outside: bool) -> None:
    phone = Windowed(opens=True)
    async with houses.opened(database_url, phone) as house:
        await silent_for(house, phone, hours=hours)
        assert phone.outside == [outside]
        assert await house.rows("SELECT status FROM outgoing") == ["sent"]


async def test_where_there_is_no_template_nothing_is_sent_in_vain(database_url: str) -> None:
    phone = Windowed(opens=False)
    async with houses.opened(database_url, phone) as house:
        person = house.person(channel="whatsapp")
        await person.sends("ашар")
        await keep(house)
        house.clock.forward(hours=25)
        async with house.postman():
            await settled(house, "SELECT 1 FROM outgoing WHERE status <> 'failed'")
        assert phone.sent == []
        assert await house.rows("SELECT code FROM outgoing") == ["63016"]
        assert await house.rows("SELECT closed FROM address") == [None]


@pytest.mark.parametrize("opens", [True, False])
async def test_told_afterwards_that_the_day_was_over_it_goes_once_more_as_the_template(
    database_url: str, opens: bool
) -> None:
    phone = Windowed(opens=opens)
    too_late = Receipt(Fate.FAILED, code="63016")
    async with houses.opened(database_url, phone) as house:
        person = house.person(channel="whatsapp")
        await person.sends("ашар")
        async with house.postman() as postman:
            await until(lambda: phone.outside)
            await settled(house)
            await postman.afterwards.take(base.Status("id1", too_late))
            if opens:
                await until(lambda: len(phone.outside) == 2)
                await settled(house)
                await postman.afterwards.take(base.Status("id2", too_late))
        assert phone.outside == [False, True][: 1 + opens]
        assert await house.rows("SELECT status FROM outgoing") == ["failed"]


async def test_who_reaches_nobody_rests_and_the_other_processes_do_not(postgresql_url: str) -> None:
    cut_off, fine = Letterbox(), Letterbox()
    cut_off.fates = [Receipt(Fate.LATER, code="unreachable", whole_account=True)] * 3
    async with houses.opened(postgresql_url, cut_off) as house:
        for _ in range(3):
            await house.desk.receive(house.person().message("ашар"))
        async with house.postman() as resting, house.postman({"sms": fine}) as other:
            await until(lambda: len(cut_off.sent) + len(fine.sent) == 3)
            await settled(house)
            assert bool(resting.room()["sms"]) is not bool(cut_off.sent)
            assert other.room()["sms"]


async def test_what_was_under_way_together_and_reached_nobody_counts_once(sqlite_url: str) -> None:
    cut_off = Letterbox()
    cut_off.fates = [Receipt(Fate.LATER, code="unreachable", whole_account=True)] * 8
    async with houses.opened(sqlite_url, cut_off) as house:
        for _ in range(8):
            await house.desk.receive(house.person().message("ашар"))
        async with house.postman() as postman:
            await until(lambda: len(cut_off.sent) == 8)
            await settled(house)
            assert not postman.room()["sms"]
            # Two seconds, and what chance adds.
            house.clock.forward(seconds=3)
            assert postman.room()["sms"]
