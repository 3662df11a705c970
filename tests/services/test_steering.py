"""A campaign's course: each change kept once with who and why, those of time made by time, and none undone."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

from bot.engine.pledging import campaigns
from bot.engine.pledging.campaigns import Change, Reason, Refusal, State
from bot.engine.pledging.events import Role
from bot.services import publishing, steering
from bot.services.steering import Unmarked
from models import courses, db
from tests import talking
from tests.services import givers
from tests.services import house as houses
from tests.services.house import House

WHY = {"ky": "Жамгыр", "ru": "Дожди"}
DEADLINE = talking.flows()[2].deadline


async def change(
    house: House, to: State, why: dict[str, str] | None = None, database: db.Database | None = None
) -> Change | Refusal:
    used = database or house.database
    return await steering.change(used, publishing.Library(), "suu", to, Role.FACILITATOR, house.clock(), why)


async def tick(house: House, database: db.Database | None = None) -> int:
    return await steering.by_clock(database or house.database, publishing.Library(), house.clock())


async def past(house: House) -> list[tuple[str, str]]:
    """State and actor of each event."""
    async with house.database.reading() as connection:
        return [(each.state, each.actor) for each in (await courses.history(connection, ["suu"]))["suu"]]


def to_the_day_after(house: House) -> None:
    house.clock.forward(days=(DEADLINE - house.clock().date()).days + 1)


async def test_each_change_is_kept_with_who_and_why(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        assert isinstance(await change(house, State.COLLECTING), Change)
        assert await change(house, State.COLLECTING) == Refusal(Reason.ALREADY_SO)
        assert await change(house, State.DONE) == Refusal(Reason.NO_SUCH_WAY)
        assert await change(house, State.CANCELLED) == Refusal(Reason.WHY_WANTED)
        assert isinstance(await change(house, State.CANCELLED, WHY), Change)
        told = await steering.told(house.database, publishing.Library(), "suu")
        assert [each.state for each in told.past] == ["open", "collecting", "cancelled"]
        assert [steering.said(each.why) for each in told.past] == [{}, {}, WHY]
        assert told.campaign.state is State.CANCELLED
        assert await house.differences() == 0


async def test_after_the_deadline_of_an_open_campaign_it_is_collecting(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        house.clock.forward(days=(DEADLINE - house.clock().date()).days)
        assert await tick(house) == 0
        house.clock.forward(days=1)
        assert (await tick(house), await tick(house)) == (1, 0)
        assert await past(house) == [("open", "facilitator"), ("collecting", "clock")]


async def threshold(house: House, folder: Path) -> None:
    """A campaign that asks for four days of work or nothing."""
    file = folder / "suu.campaign.yaml"
    text = (talking.FLOWS / file.name).read_text("utf-8")
    needs, rest = text.index("needs:"), text.index("# Said after a pledge")
    unit = "unit: {ky: [күндүк жумуш], ru: [день работы, дня работы, дней работы]}"
    need = f"  - {{name: labour, kind: labour, label: {{ky: a, ru: b}}, {unit}, minimum: 4, optimum: 9}}\n"
    text = f"{text[:needs]}needs:\n{need}{text[rest:]}".replace("model: open", "model: threshold")
    file.write_text(text.replace("place: KG02205000000\n", ""), "utf-8")
    (folder / "pledge.yaml").write_text((talking.FLOWS / "pledge.yaml").read_text("utf-8"), "utf-8")
    # Put in the place of the one that ships while that is no more than a draft.
    await house.write("UPDATE campaign SET state = 'draft'")
    await house.write("UPDATE campaign_event SET state = 'draft'")
    await publishing.publish(house.database, [file], at=house.clock())
    assert isinstance(await change(house, State.OPEN), Change)


async def test_a_threshold_is_reached_and_then_pledges_are_called(database_url: str, tmp_path: Path) -> None:
    async with houses.opened(database_url) as house:
        await threshold(house, tmp_path)
        await givers.promise(house, 1)
        assert await tick(house) == 0
        await givers.promise(house, 1)
        assert await tick(house) == 1
        to_the_day_after(house)
        assert await tick(house) == 1
        assert [state for state, actor in await past(house) if actor == "clock"] == ["reached", "collecting"]


async def test_a_threshold_that_is_not_reached_ends_it(database_url: str, tmp_path: Path) -> None:
    async with houses.opened(database_url) as house:
        await threshold(house, tmp_path)
        await givers.promise(house, 1)
        to_the_day_after(house)
        assert (await tick(house), await tick(house)) == (1, 0)
        assert (await past(house))[-1] == ("not_reached", "clock")
        assert await house.differences() == 0


async def test_two_processes_and_a_facilitator_make_each_change_once(postgresql_url: str) -> None:
    async with houses.opened(postgresql_url) as house:
        to_the_day_after(house)
        other = db.Database(postgresql_url)
        try:
            await asyncio.gather(
                tick(house), tick(house, other), change(house, State.COLLECTING), tick(house, other),
                change(house, State.COLLECTING, database=other),
            )  # fmt: skip
        finally:
            await other.close()
        assert [state for state, _ in await past(house)] == ["open", "collecting"]


async def test_a_milestone_is_marked_once(database_url: str) -> None:
    async with houses.opened(database_url) as house:

        async def mark(name: str) -> Unmarked | None:
            return await steering.mark(house.database, publishing.Library(), "suu", name, house.clock())

        assert await mark("spring") is None
        assert await mark("spring") is Unmarked.ALREADY_SO
        assert await mark("summer") is Unmarked.NO_SUCH_MILESTONE
        await change(house, State.CANCELLED, WHY)
        assert await mark("water") is Unmarked.NOT_UNDER_WAY
        assert await house.rows("SELECT milestone FROM campaign_event WHERE milestone <> ''") == ["spring"]


async def test_a_draft_takes_nothing_and_nobody_hears_of_it(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await house.write("UPDATE campaign SET state = 'draft'")
        await house.write("UPDATE campaign_event SET state = 'draft'")
        person = house.person()
        assert "Айылга таза суу" not in (await person.says("/start a-suu", "2")).head
        assert "Чистая вода" not in (await person.reads()).head
        assert isinstance(await change(house, State.OPEN), campaigns.Change)
        assert "Ведём чистую воду" in (await house.person().says("/start a-suu", "2")).head
        assert (await past(house))[-1] == ("open", "facilitator")
        assert steering.ways(talking.flows()[2], dt.date(2027, 1, 1)) == [State.COLLECTING, State.CANCELLED]
