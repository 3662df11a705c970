"""Nobody hears a thing twice, at night, or twice a day: whatever dies, stands still, or is asked of two processes."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import shutil
import subprocess
import sys
import zoneinfo
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.engine.pledging import campaigns
from bot.engine.pledging.events import Role, Step
from bot.services import notifying, publishing, steering
from models import db
from tests.services import givers, killed_notifier
from tests.services import house as houses
from tests.services.house import SEAL, House
from tests.services.test_gathering import noon, tick
from tests.services.test_maturing import bring


class Messenger(houses.Letterbox):
    """A channel with what its name has: WhatsApp its window, perhaps a template; the web is never pushed to."""

    def __init__(self, name: str, *, template: bool = False) -> None:
        super().__init__(name, push=name != "web")
        window = name == "whatsapp"
        self.capabilities = dataclasses.replace(self.capabilities, window=window, opens=window and template)


PLEDGES = ("/start a-suu", "2", "1", "5 дней", "1", "меню")


async def tell(house: House, database: db.Database) -> int:
    notifier = notifying.Notifier(database, SEAL, houses.voice(), house.channels)
    return await notifier.go_on(publishing.Library(), house.clock())


async def test_two_clocks_remind_each_once_while_they_write(postgresql_url: str) -> None:
    async with houses.opened(postgresql_url) as house:
        noon(house)
        person = house.person()
        await person.says(*PLEDGES)
        await givers.promise(house, 3 * notifying.BATCH + 5, due=house.clock().date() + dt.timedelta(days=8))
        house.clock.forward(days=1)
        other = db.Database(postgresql_url)
        try:
            told = await asyncio.gather(
                *(tell(house, each) for each in (house.database, other, other)), person.says("убадам", "меню")
            )
            again = await tell(house, house.database)
        finally:
            await other.close()
        people = await house.rows("SELECT respondent_id FROM outgoing WHERE channel = 'sms'")
        counted = Counter(await house.rows("SELECT respondent_id FROM heard WHERE reminded_on IS NOT NULL"))
        assert sum(each for each in told if isinstance(each, int)) + again == 3 * notifying.BATCH + 5
        assert len(counted) == 3 * notifying.BATCH + 5
        assert all(Counter(people)[person] == 1 for person in counted)


async def test_a_process_that_is_killed_amid_telling_has_told_whole_batches(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        noon(house)
        await givers.promise(house, 2 * notifying.BATCH + 3, due=house.clock().date() + dt.timedelta(days=8))
        house.clock.forward(days=1)
        words = [sys.executable, "-m", killed_notifier.__name__, database_url, house.clock().isoformat()]
        killed = await asyncio.to_thread(subprocess.run, words, timeout=60)
        assert killed.returncode < 0
        assert await house.count("outgoing") == notifying.BATCH
        assert await tick(house) == notifying.BATCH + 3
        contacts = await house.rows("SELECT contact_id FROM outgoing")
        assert len(set(contacts)) == len(contacts) == 2 * notifying.BATCH + 3


async def test_a_clock_that_stood_still_does_not_make_up_for_it(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        noon(house)
        await givers.promise(house, 1, due=house.clock().date() + dt.timedelta(days=8), language="ru")
        await tick(house)
        house.clock.forward(days=12)
        assert await tick(house) == 1
        house.clock.forward(days=1)
        assert await tick(house) == 0


async def test_on_a_shared_phone_each_is_told_their_own(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        phone = house.person()
        await phone.says("/start a-suu", "2", "1", "5 дней, до 15 марта", "1", "меню")
        await phone.says("другой человек", "/start a-suu", "1", "7 мешков цемента, до 15 марта", "1", "меню")
        assert await house.rows("SELECT count(*) FROM respondent") == [2]
        house.clock.now = dt.datetime(2027, 3, 8, 6, tzinfo=dt.UTC)
        before = len(await phone.letters())
        assert await tick(house) == 2
        one, two = sorted(letter.head for _, letter in (await phone.letters())[before:])
        assert one.startswith("Для человека 1:")
        assert "5 дней" in one
        assert "цемент" not in one.partition("Как передать")[0]
        assert two.startswith("Для человека 2:")
        assert "7 мешков" in two
        house.clock.forward(hours=2)
        assert await tick(house) == 0


async def test_whoever_is_silent_on_whatsapp_is_told_first_when_they_write(database_url: str) -> None:
    async with houses.opened(database_url, Messenger("whatsapp")) as house:
        person = house.person(channel="whatsapp", address="+996555111222")
        await person.says(*PLEDGES)
        house.clock.forward(days=3)
        await bring(house, campaigns.State.COLLECTING)
        noon(house)
        before = len(await person.letters())
        assert await tick(house) == 0
        assert len(await person.letters()) == before
        await person.sends("салам")
        first, second = [letter.head for _, letter in (await person.letters())[before:]]
        assert "Собираем обещанное" in first
        assert "Собираем" not in second
        await person.sends("салам")
        assert len(await person.letters()) == before + 3


async def test_whoever_says_stop_is_not_told_first(database_url: str) -> None:
    async with houses.opened(database_url, Messenger("whatsapp")) as house:
        person = house.person(channel="whatsapp", address="+996555111222")
        await person.says(*PLEDGES)
        house.clock.forward(days=3)
        await bring(house, campaigns.State.COLLECTING)
        noon(house)
        await tick(house)
        before = len(await person.letters())
        await person.sends("стоп")
        assert len(await person.letters()) == before + 1
        noon(house)
        assert await tick(house) == 0


async def test_an_approved_template_reaches_who_is_silent(database_url: str) -> None:
    async with houses.opened(database_url, Messenger("whatsapp", template=True)) as house:
        person = house.person(channel="whatsapp", address="+996555111222")
        await person.says(*PLEDGES)
        house.clock.forward(days=3)
        await bring(house, campaigns.State.COLLECTING)
        noon(house)
        assert await tick(house) == 1
        assert (await person.reads()).outside


async def test_on_the_web_one_notice_waits_and_the_rest_comes_with_the_next_word(database_url: str) -> None:
    async with houses.opened(database_url, Messenger("web")) as house:
        person = house.person(channel="web", address="w" * 32)
        await person.says(*PLEDGES)
        for state in (campaigns.State.COLLECTING, campaigns.State.WORKING):
            house.clock.forward(minutes=1)
            await bring(house, state)
            noon(house)
            await tick(house)
        seen = [each.head for each in await house.desk.screen("web", person.address)]
        assert len(seen) == 2
        noon(house)
        await person.sends("салам")
        seen = [each.head for each in await house.desk.screen("web", person.address)]
        assert len(seen) == 2
        assert "Работа идёт" in seen[0]


#: Where a number is at home -> zones in which its owner may be.
ZONES = {
    "+996": ["Asia/Bishkek"],
    "+79": ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Vladivostok", "Asia/Kamchatka"],
    "+77": ["Asia/Almaty"],
    "+90": ["Europe/Istanbul"],
    "+82": ["Asia/Seoul"],
    "+1": ["America/New_York", "America/Chicago", "America/Los_Angeles", "Pacific/Honolulu", "America/St_Johns"],
    "+49": ["Europe/Berlin"],
}


#: Without shrinking: an example takes half a second, and names its days by itself.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
#: So many minutes later something happens, and the clock ticks.
LATER = st.tuples(st.integers(1, 1500), st.sampled_from(["", "course", "received", "missed", "milestone", "postponed"]))


@settings(
    max_examples=8,
    phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    begins=st.sampled_from(list(ZONES)),
    happens=st.lists(LATER, min_size=5, max_size=15),
    due=st.integers(0, 20),
    start=st.integers(0, 1700),
)
def test_no_message_leaves_at_night_and_never_two_a_day(
    begins: str, happens: list[tuple[int, str]], due: int, start: int, migrated_sqlite: Path, tmp_path: Path
) -> None:
    shutil.copyfile(migrated_sqlite, tmp_path / "season.sqlite")
    asyncio.run(_season(f"sqlite+aiosqlite:///{tmp_path / 'season.sqlite'}", begins, happens, due, start))


async def _season(url: str, begins: str, happens: list[tuple[int, str]], due: int, start: int) -> None:
    async with houses.opened(url) as house:
        house.clock.forward(hours=start)
        await givers.promise(house, 1, due=house.clock().date() + dt.timedelta(days=due), begins=begins)
        [pledge] = await house.rows("SELECT id FROM pledge")
        told: list[dt.datetime] = []
        course = iter((campaigns.State.COLLECTING, campaigns.State.WORKING, campaigns.State.DONE))
        for minutes, what in happens:
            # Twice on the way, so that what opens by night is met with as well.
            for _ in range(3):
                house.clock.forward(minutes=1 + minutes // 3)
                before = await house.count("outgoing")
                await tick(house)
                told += [house.clock()] * (await house.count("outgoing") - before)
            with contextlib.suppress(AssertionError):
                await _happens(house, pledge, what, course)
        days: dict[str, Counter[dt.date]] = {zone: Counter() for zone in ZONES[begins]}
        for at in told:
            for zone, counted in days.items():
                there = at.astimezone(zoneinfo.ZoneInfo(zone))
                assert 9 <= there.hour < 20, (zone, there)
                counted[there.date()] += 1
        assert all(count == 1 for counted in days.values() for count in counted.values()), days


async def _happens(house: House, pledge: str, what: str, course: Iterator[campaigns.State]) -> None:
    """Something, as far as the ledger and the campaign's course allow it; else AssertionError."""
    match what:
        case "course":
            state = next(course, None)
            assert state
            await bring(house, state)
        case "received":
            await givers.step(house, pledge, Step.RECEIVED, 1, Role.TREASURER, hand="one")
        case "missed":
            await givers.step(house, pledge, Step.SENT)
            await givers.step(house, pledge, Step.NOT_FOUND, 1, Role.TREASURER, hand="one")
        case "postponed":
            await givers.step(house, pledge, Step.POSTPONED, due=house.clock().date() + dt.timedelta(days=9))
        case "milestone":
            for name in ("spring", "pipes", "water"):
                if not await steering.mark(house.database, publishing.Library(), "suu", name, house.clock()):
                    break
