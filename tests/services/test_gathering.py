"""What somebody is told, and what not: each thing once, once a day, and only what is theirs."""

from __future__ import annotations

import datetime as dt

from bot.engine.pledging import campaigns
from bot.engine.pledging.events import Role, Step
from bot.services import maturing, notifying, posting, publishing, spending, steering
from tests.services import gifts, givers, test_spending
from tests.services import house as houses
from tests.services.house import SEAL, House
from tests.services.test_maturing import bring


async def tick(house: House) -> int:
    """What the clock does to pledges and to who is to be told, now."""
    library = publishing.Library()
    await steering.by_clock(house.database, library, house.clock())
    await maturing.mature(house.database, library, house.clock())
    return await notifying.Notifier(house.database, SEAL, houses.voice(), house.channels).go_on(library, house.clock())


async def days(house: House, count: int) -> list[str]:
    """So many days from noon to noon in Kyrgyzstan; what was said on each, the heads joined."""
    said: list[str] = []
    known = await house.count("outgoing")
    for _ in range(count):
        await tick(house)
        rows = await house.rows("SELECT sealed FROM outgoing ORDER BY id")
        said.append("\n".join(posting.opened(SEAL, row).head for row in rows[known:]))
        known = len(rows)
        house.clock.forward(days=1)
    return said


def noon(house: House) -> None:
    """It is noon in Kyrgyzstan."""
    house.clock.now = house.clock().replace(hour=6, minute=0) + dt.timedelta(days=1)


async def test_three_reminders_and_then_not_a_word(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        noon(house)
        await givers.promise(house, 1, due=house.clock().date() + dt.timedelta(days=10), language="ru")
        said = await days(house, 30)
        assert [day for day, words in enumerate(said) if words] == [3, 10, 17]
        assert "Напоминаем" in said[3]
        assert "Сегодня день" in said[10]
        assert "ничего страшного" in said[17]
        for words in (said[3], said[10], said[17]):
            assert "Код: G" in words
            assert "Как передать" in words
            assert "код из SMS" in words
            assert "«мои обещания»" in words
        assert await house.rows("SELECT state FROM pledge") == ["lapsed"]


async def test_whoever_postpones_sends_or_takes_back_is_reminded_of_that_no_more(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        noon(house)
        today = house.clock().date()
        await givers.promise(house, 3, due=today + dt.timedelta(days=8), language="ru")
        later, sent, taken = await house.rows("SELECT id FROM pledge ORDER BY id")
        assert (await days(house, 2))[1].count("Напоминаем") == 3
        await givers.step(house, later, Step.POSTPONED, due=today + dt.timedelta(days=20))
        await givers.step(house, sent, Step.SENT)
        await givers.step(house, taken, Step.WITHDRAWN)
        said = await days(house, 30)
        # Only the postponed one, a week before its new day, on it and a week after.
        assert [day for day, words in enumerate(said) if words] == [11, 18, 25]
        assert all(words.count("Код: G") == 1 for words in said if words)


async def test_what_a_person_promised_for_one_day_is_one_message(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.says("/start a-suu", "2", "5 дней, 3 мешка цемента", "2", "1 апреля", "1")
        assert await house.rows("SELECT count(*) FROM pledge") == [2]
        house.clock.now = dt.datetime(2027, 3, 25, 6, tzinfo=dt.UTC)
        before = len(await person.letters())
        assert await tick(house) == 1
        assert len(await person.letters()) == before + 1
        said = await person.reads()
        assert "Напоминаем" in said.head
        assert [each.label[:8] for each in said.options[:2]] == ["Открыть:", "Открыть:"]


async def test_what_has_come_is_told_soon_and_the_rest_the_next_day(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        noon(house)
        await givers.promise(house, 1, days=10, language="ky")
        [pledge] = await house.rows("SELECT id FROM pledge")
        await givers.step(house, pledge, Step.SENT)
        await tick(house)
        await givers.step(house, pledge, Step.RECEIVED, 4, Role.TREASURER, hand="one")
        await givers.step(house, pledge, Step.RECEIVED, 1, Role.TREASURER, hand="one")
        assert await tick(house) == 0
        house.clock.forward(minutes=2)
        # What is written one after the other is told together.
        assert await tick(house) == 1
        await givers.step(house, pledge, Step.NOT_FOUND, 5, Role.TREASURER, hand="one")
        house.clock.forward(hours=2)
        assert await tick(house) == 0
        house.clock.forward(days=1)
        said = await days(house, 2)
        assert "көрүнө элек" in said[0]
        assert said[1] == ""


async def test_the_course_of_a_campaign_is_told_to_who_still_promises(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        noon(house)
        await givers.promise(house, 2, language="ru")
        stays, goes = await house.rows("SELECT id FROM pledge ORDER BY id")
        await givers.step(house, goes, Step.WITHDRAWN)
        house.clock.forward(minutes=1)
        await bring(house, campaigns.State.COLLECTING, campaigns.State.WORKING)
        await steering.mark(house.database, publishing.Library(), "suu", "spring", house.clock())
        house.clock.forward(minutes=1)
        assert await tick(house) == 1
        [to] = await house.rows("SELECT respondent_id FROM outgoing")
        assert [to] == await house.rows("SELECT respondent_id FROM pledge WHERE id = :id", id=stays)
        assert (await days(house, 1))[0] == ""


async def test_a_cancelled_campaign_is_told_of_though_the_promises_are_lifted(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        noon(house)
        await givers.promise(house, 2, language="ru")
        house.clock.forward(minutes=1)
        await bring(house, campaigns.State.CANCELLED)
        house.clock.forward(minutes=1)
        said = await days(house, 3)
        assert said[0].count("Все обещания сняты") == 2
        assert "Дожди" in said[0]
        assert said[1:] == ["", ""]


async def test_an_erased_person_hears_nothing_and_nothing_is_kept_of_what_they_heard(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.says("/start a-suu", "2", "1", "5 дней", "1")
        assert await house.count("hearing") == 1
        noon(house)
        await tick(house)
        assert await house.count("heard") > 0
        await person.says("удалить", "1")
        assert await house.count("hearing") == await house.count("heard") == 0
        await bring(house, campaigns.State.COLLECTING)
        noon(house)
        assert await tick(house) == 0


async def test_what_was_spent_is_told_once_to_who_gave_before_and_so_is_a_mistake(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        noon(house)
        await givers.promise(house, 1, days=10, language="ru")
        await gifts.come(house, "5000")
        house.clock.forward(minutes=1)
        entry = await test_spending.spend(house, "3000")
        number = test_spending.number(entry)
        house.clock.forward(minutes=1)
        await givers.promise(house, 1, days=10, language="ru")
        [said] = await days(house, 1)
        assert said.count("Потрачено: Трубы — 3 000 сомов") == 1, "and nothing to whoever promised after it"
        hand = test_spending.hand(house)
        await spending.undo(test_spending.stores(house), "suu", number, hand, test_spending.WHY)
        house.clock.forward(minutes=2)
        said, after = await days(house, 2)
        assert "Исправлено, не потрачено: Трубы — 3 000 сомов. Записано дважды" in said
        assert after == ""
