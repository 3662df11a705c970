"""Those who pledged hear once what changed, in their language, by day, unless they want to hear nothing."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.engine.pledging import campaigns, events
from bot.services import notifying, posting, publishing
from models import db
from tests import talking
from tests.services import givers
from tests.services import house as houses
from tests.services.house import SEAL, House
from tests.services.test_maturing import bring

#: Changes the deadline, or whatever it is told to, and publishes.
Revise = Callable[..., object]


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    return Path(shutil.copytree(talking.FLOWS, tmp_path / "flows"))


async def revise(house: House, flows: Path, old: str, new: str, *, again: bool = True) -> publishing.Publication:
    file = flows / "suu.campaign.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    house.clock.forward(minutes=1)
    return await publishing.publish(house.database, [file], again=again, at=house.clock())


DEADLINE = ("deadline: 2027-05-15", "deadline: 2027-06-20")


def noon(house: House) -> dt.datetime:
    """The next noon in Kyrgyzstan after everything that was published."""
    return house.clock().replace(hour=6, minute=0) + dt.timedelta(days=1)


async def tell(house: House, at: dt.datetime, database: db.Database | None = None) -> int:
    notifier = notifying.Notifier(database or house.database, SEAL, houses.voice(), house.channels)
    return await notifier.go_on(publishing.Library(), at)


async def told(house: House) -> list[str]:
    rows = await house.rows("SELECT sealed FROM outgoing ORDER BY id")
    return [posting.opened(SEAL, row).head for row in rows]


async def test_a_new_deadline_is_told_once_in_each_ones_language(database_url: str, flows: Path) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 1, language="ky")
        await givers.promise(house, 1, language="ru")
        await revise(house, flows, *DEADLINE)
        assert await tell(house, noon(house)) == 2
        kyrgyz, russian = await told(house)
        assert "20-июнь, 2027-ж." in kyrgyz
        assert "15-май, 2027-ж." in kyrgyz
        assert "«убадам»" in kyrgyz
        assert "20 июня 2027 г." in russian
        assert "«мои обещания»" in russian
        assert await tell(house, noon(house)) == 0
        assert len(await told(house)) == 2


async def test_one_whose_row_is_damaged_keeps_the_news_from_nobody_else(database_url: str, flows: Path) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 1, language="ky")
        damaged = (await house.rows("SELECT id FROM contact"))[0]
        await givers.promise(house, 1, language="ru")
        await house.write("UPDATE contact SET sealed = :sealed WHERE id = :id", sealed=b"broken", id=damaged)
        await revise(house, flows, *DEADLINE)
        assert await tell(house, noon(house)) == 1
        [russian] = await told(house)
        assert "20 июня 2027 г." in russian


async def test_every_change_that_people_rely_on_is_named(database_url: str, flows: Path) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 1, language="ru")
        file = flows / "suu.campaign.yaml"
        text = file.read_text("utf-8").replace('ru: "комитет ашара"}', 'ru: "айыл өкмөтү"}')
        text = text.replace("на счёт комитета ашара", "на счёт айыл өкмөтү").replace(
            "minimum: 300000", "minimum: 310000"
        )
        cement = text.index("  - name: cement")
        file.write_text(text[:cement] + text[text.index("# Said after a pledge") :], "utf-8")
        house.clock.forward(minutes=1)
        await publishing.publish(house.database, [file], at=house.clock())
        assert await tell(house, noon(house)) == 1
        (said,) = await told(house)
        for words in ("айыл өкмөтү", "310 000", "Цемент (мешки): больше не нужно", "Как передать"):
            assert words.replace(" ", "") in said.replace("\u00a0", "").replace(" ", ""), said


async def test_other_words_are_told_to_nobody(database_url: str, flows: Path) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 1)
        await revise(house, flows, "Чистая вода в село", "Чистая вода")
        assert await house.count("campaign_event") == 2
        assert await tell(house, noon(house)) == 0


async def test_nobody_is_told_at_night_or_after_they_said_stop(database_url: str, flows: Path) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 3)
        first, second, _ = await house.rows("SELECT id FROM contact ORDER BY id")
        await house.write("UPDATE contact SET stopped = :yes WHERE id = :id", yes=True, id=first)
        await house.write("UPDATE address SET closed = 'blocked' WHERE contact_id = :id", id=second)
        await revise(house, flows, *DEADLINE)
        night = noon(house).replace(hour=15)
        assert await tell(house, night) == 0
        assert await tell(house, night + dt.timedelta(hours=11, minutes=59)) == 0
        assert await house.count("outgoing") == 0
        await tell(house, night + dt.timedelta(hours=12))
        assert await house.count("outgoing") == 1


async def test_whether_it_stays_is_asked_with_one_tap(database_url: str, flows: Path) -> None:
    async with houses.opened(database_url) as house:
        staying, leaving, several = (house.person() for _ in range(3))
        for person, offer in ((staying, "5 дней"), (leaving, "5 дней"), (several, "5 дней, 10 мешков цемента")):
            await person.sends(start="a-suu")
            await person.says("2", offer, "1", "меню")
        await revise(house, flows, *DEADLINE)
        house.clock.now = noon(house)
        assert await tell(house, house.clock()) == 3
        for person in (staying, leaving, several):
            asked = await person.reads()
            assert [each.label for each in asked.options] == ["Да, остаётся", "Снять обещание"]
        assert "остаётся в силе" in (await staying.sends("Да, остаётся")).head
        assert "Снять это обещание?" in (await leaving.sends("2")).head
        assert "Обещание снято" in (await leaving.sends("1")).head
        assert "О каком обещании речь?" in (await several.sends("2")).head
        await several.says("2", "1")
        assert await givers.steps(house) == {"offered": 4, "confirmed": 4, "withdrawn": 2}
        assert await house.differences() == 0


async def test_who_does_not_answer_stays(database_url: str, flows: Path) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.sends(start="a-suu")
        await person.says("2", "5 дней", "1", "меню")
        await revise(house, flows, *DEADLINE)
        house.clock.now = noon(house)
        await tell(house, house.clock())
        assert "Срок: 20 июня 2027" in (await person.sends("мои обещания")).head
        # Whoever promises after the change is asked nothing.
        other = house.person()
        await other.sends(start="a-suu")
        await other.says("2", "3 дня", "1", "меню")
        house.clock.forward(days=1)
        assert await tell(house, house.clock()) == 0


async def test_what_is_given_is_told_of_and_not_asked_for(database_url: str, flows: Path) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 2, language="ru")
        first, second = await house.rows("SELECT id FROM pledge ORDER BY id")
        await givers.step(house, first, events.Step.SENT)
        await givers.step(house, second, events.Step.WITHDRAWN)
        await revise(house, flows, *DEADLINE)
        await tell(house, noon(house))
        (said,) = await told(house)
        assert "20 июня" in said
        assert "«мои обещания»" not in said


async def test_two_processes_tell_each_once(postgresql_url: str, flows: Path) -> None:
    async with houses.opened(postgresql_url) as house:
        await givers.promise(house, 3 * notifying.BATCH + 5)
        await revise(house, flows, *DEADLINE)
        other, at = db.Database(postgresql_url), noon(house)
        try:
            await asyncio.gather(*(tell(house, at, each) for each in (house.database, other, other, house.database)))
            await tell(house, at)
        finally:
            await other.close()
        contacts = await house.rows("SELECT contact_id FROM outgoing")
        assert len(contacts) == len(set(contacts)) == 3 * notifying.BATCH + 5


async def test_on_the_web_it_waits_for_the_next_visit(database_url: str, flows: Path) -> None:
    async with houses.opened(database_url, houses.Letterbox("web", push=False)) as house:
        person = house.person(channel="web", address="w" * 32)
        await person.says("/start a-suu", "2", "5 дней", "1")
        await revise(house, flows, *DEADLINE)
        assert await tell(house, noon(house)) == 1
        seen = [each.head for each in await house.desk.screen("web", person.address)]
        assert "20 июня 2027 г." in seen[-1]


async def test_a_campaign_that_is_open_keeps_its_model(database_url: str, flows: Path) -> None:
    async with houses.opened(database_url) as house:
        with pytest.raises(publishing.BadFiles, match=r"suu.campaign.yaml:\d+: campaign, model: .* never changes"):
            await revise(house, flows, "model: open", "model: threshold")
        assert await house.count("campaign_event") == 1
        # At the start of `ashar serve` it is only said, and the campaign goes on as it is.
        published = await publishing.publish(house.database, [flows], again=False, at=house.clock())
        assert [each.name for each in published.versions if each.kind == "campaign"] == []
        assert any("never changes" in str(fault) for fault in published.faults)
        assert await house.count("campaign_event") == 1


async def test_what_is_over_changes_no_more(database_url: str, flows: Path) -> None:
    async with houses.opened(database_url) as house:
        await bring(house, campaigns.State.CANCELLED)
        with pytest.raises(publishing.BadFiles, match="another name"):
            await revise(house, flows, *DEADLINE)


async def test_a_deadline_is_not_moved_into_the_past(database_url: str, flows: Path) -> None:
    async with houses.opened(database_url) as house:
        with pytest.raises(publishing.BadFiles, match="has passed already"):
            await revise(house, flows, "deadline: 2027-05-15", "deadline: 2020-05-15")
