"""A broadcast is for those who agreed to be written to, once each, and says beforehand what it costs."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from bot import settings
from bot.services import broadcasting
from tests.services import givers, residents
from tests.services import house as houses
from tests.services.house import House

RATES = {"sms_out": settings.Rate(Decimal("0.05"), "USD")}


async def people(house: House) -> int:
    return (await residents.send(house)).people


async def forecast(house: House, *, opens: bool = False) -> list[broadcasting.Told]:
    said, for_ = residents.announced(), await residents.audience(house)
    return await broadcasting.forecast(house.database, said, for_, houses.voice(), RATES, house.clock(), opens=opens)


async def test_whoever_said_no_or_nothing_or_stopped_or_shut_us_out_is_not_among_them(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await residents.settle(house, 2)
        await residents.settle(house, 1, status="open")
        await residents.settle(house, 1, hear="no")
        # A child is not asked, and not written to.
        await residents.settle(house, 1, hear="")
        await residents.settle(house, 3)
        *_, shut, stopped, withdrawn = await house.rows("SELECT contact_id FROM respondent ORDER BY id")
        await house.write("UPDATE address SET closed = 'blocked' WHERE contact_id = :id", id=shut)
        await house.write("UPDATE contact SET stopped = :yes WHERE id = :id", yes=True, id=stopped)
        await house.write(
            "UPDATE consent SET withdrawn_at = given_at WHERE respondent_id ="
            " (SELECT id FROM respondent WHERE contact_id = :id)",
            id=withdrawn,
        )
        assert sum(each.people for each in await forecast(house)) == 3
        assert await people(house) == 3


async def test_a_later_no_takes_back_an_earlier_yes(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says(*houses.VILLAGE)
        assert await people(house) == 1
        # The last question once more.
        await person.says("жооптор", "10", "2")
        assert await house.rows("SELECT value FROM answer WHERE question = 'hear'") == ["no"]
        assert (await residents.send(house, residents.announced("second"))).people == 0


async def test_of_a_campaign_are_those_whose_promise_stands(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 3)
        one, other, _ = await house.rows("SELECT respondent_id FROM pledge ORDER BY id")
        await house.write("INSERT INTO consent_text VALUES ('t', 't')")
        for person in (one, other):
            await house.write(
                "INSERT INTO consent (respondent_id, purpose, text_version, language, channel, given_at)"
                " SELECT respondent_id, 'pledge:suu', 't', 'ky', 'sms', '2027-03-01 09:00:00.000000' FROM pledge"
                " WHERE respondent_id = :person",
                person=person,
            )
        await house.write("UPDATE pledge SET state = 'withdrawn' WHERE respondent_id = :person", person=other)
        assert (await residents.send(house, residents.announced(kind="campaign", whom="suu"))).people == 1


async def test_of_a_place_are_those_who_live_there_and_want_to_hear(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await residents.settle(house, 2, place="KG02215")
        await residents.settle(house, 1, place="KG02210")
        await residents.settle(house, 1, place="KG02215", hear="no")
        assert (await residents.send(house, residents.announced(kind="place", whom="KG02215"))).people == 2


async def test_two_people_of_one_phone_and_two_addresses_of_one_person_are_one(database_url: str) -> None:
    async with houses.opened(database_url, houses.Letterbox(), houses.Letterbox("whatsapp")) as house:
        await residents.settle(house, 2)
        first, _ = await house.rows("SELECT id FROM contact ORDER BY id")
        await house.write("UPDATE respondent SET contact_id = :id", id=first)
        house.clock.forward(minutes=1)
        await residents.has_too(house, first, "whatsapp", "whatsapp:+996555999999")
        await residents.has_too(house, first, "web", "w" * 32)
        [only] = await forecast(house)
        # Where they wrote last, of what rings.
        assert (only.channel, only.people) == ("whatsapp", 1)
        assert await people(house) == 1


async def test_the_dry_run_counts_people_messages_segments_and_money(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await residents.settle(house, 3)
        await residents.settle(house, 2, language="ru", channel="telegram", begins="1")
        await residents.settle(house, 4, channel="whatsapp", begins="whatsapp:+99655")
        by_sms, by_telegram, by_whatsapp = await forecast(house)
        # 42 letters and 52 of how to stop: two SMS of 70 each.
        assert by_sms == ("sms", "ky", 3, 6, 6, settings.Rate(Decimal("0.30"), "USD"), False)
        assert by_telegram == ("telegram", "ru", 2, 2, 0, None, False)
        assert by_whatsapp[:5] == ("whatsapp", "ky", 4, 4, 0)
        house.clock.forward(days=1)
        *_, silent = await forecast(house)
        assert silent.unreachable
        assert not any(each.unreachable for each in await forecast(house, opens=True))


async def test_the_same_twice_sends_nothing_twice_and_something_else_is_refused(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await residents.settle(house, 3)
        assert await people(house) == 3
        assert await people(house) == 3
        assert await house.count("recipient") == 3
        with pytest.raises(broadcasting.Taken):
            await residents.send(house, residents.announced(text={"ky": "Башка", "ru": "Другое"}))
        with pytest.raises(broadcasting.Taken):
            await residents.send(house, residents.announced(kind="campaign", whom="suu"))


async def test_everybody_is_among_them_in_whatever_order_the_database_sorts(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Number(int):
        """In the order of most languages any sign comes before a digit, as before such an id in that of bytes."""

        def __format__(self, spec: str) -> str:
            text = int(self).__format__(spec)
            return f"я{text[1:]}" if spec == "032x" else text

    monkeypatch.setattr(residents, "_numbers", map(Number, itertools.count(1)))
    async with houses.opened(database_url) as house:
        await residents.settle(house, 3)
        assert [each.people for each in await forecast(house)] == [3]
        assert await people(house) == 3
        await broadcasting.change(house.database, "meeting", broadcasting.CANCELLED)
        await broadcasting.forget(house.database, (await broadcasting.named(house.database, "meeting")).id)
        assert await house.count("recipient") == 0


async def test_queuing_goes_on_where_it_was_cut_off(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await residents.settle(house, 10)
        each = await broadcasting.begin(house.database, residents.announced(), house.clock())
        for_ = await residents.audience(house)
        each = await broadcasting.queue(house.database, for_, each.id, house.clock(), 4)
        assert (each.people, await house.count("recipient")) == (4, 4)
        # Whoever began it is gone; the clock goes on with it.
        assert await residents.spread(house) == 10
        assert (await broadcasting.named(house.database, "meeting")).people == 10
