"""How it ended: asked of everybody who pledged and of residents who wanted to hear, once, and figures for good."""

from __future__ import annotations

import asyncio
import datetime as dt

from bot.engine.pledging import campaigns
from bot.services import publishing, steering
from models import db, opinions
from tests.services import givers
from tests.services import house as houses
from tests.services.house import SEAL, VILLAGE, House
from tests.services.test_gathering import noon, tick
from tests.services.test_maturing import bring

DONE = (campaigns.State.COLLECTING, campaigns.State.WORKING, campaigns.State.DONE)
#: As `VILLAGE`, from Ak-Suu, where suu is; they want to hear.
_OPINION = "SELECT done, satisfaction, asked_at IS NOT NULL FROM opinion"


async def done(house: House) -> None:
    """The work is done, and it is noon the next day."""
    house.clock.forward(minutes=1)
    await bring(house, *DONE)
    noon(house)


async def test_a_giver_is_asked_once_and_answers_with_three_words(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.says("/start a-suu", "2", "1", "5 дней", "1", "меню")
        await done(house)
        assert await tick(house) == 1
        asked = await person.reads()
        assert asked.head.endswith("Работа правда закончена?")
        assert [each.label for each in asked.options] == ["Да", "Частично", "Нет", "Не знаю"]
        assert "Насколько" in (await person.sends("частично")).head
        assert "Почему" in (await person.sends("4")).head
        assert "Спасибо" in (await person.sends("Нет крана у школы, карта 4169 5853 1234 5678")).head
        assert await house.rows(_OPINION) == [("partly", 4, 1 if house.database.embedded else True)]
        [sealed] = await house.rows("SELECT sealed FROM opinion")
        said = SEAL.open("opinion", sealed)
        assert said.startswith("Нет крана у школы")
        assert "4169" not in said
        noon(house)
        assert await tick(house) == 0


async def test_what_was_said_can_be_said_otherwise(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.says("/start a-suu", "2", "1", "5 дней", "1", "меню")
        assert "Пока оценивать нечего" in (await person.sends("оценка")).head
        await done(house)
        await tick(house)
        await person.says("1", "5", "пропустить")
        assert "закончена" in (await person.sends("оценка")).head
        await person.says("нет", "2", "пропустить")
        assert [row[:2] for row in await house.rows(_OPINION)] == [("no", 2)]
        assert (await counted(house)) == opinions.Counts({"no": 1}, {2: 1})


async def counted(house: House) -> opinions.Counts:
    async with house.database.reading() as connection:
        return (await opinions.counts(connection, ["suu"]))["suu"]


async def test_a_resident_of_the_place_who_wanted_to_hear_is_asked_and_no_other(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        hears, silent, elsewhere = house.person(), house.person(), house.person()
        await hears.begins()
        await hears.says(*VILLAGE)
        await silent.begins()
        await silent.says(*VILLAGE[:-1], "2")
        await elsewhere.begins()
        await elsewhere.says("2", "1", *VILLAGE[2:])
        await done(house)
        await tick(house)
        assert "закончена" in (await hears.reads()).head
        assert await house.count("opinion") == 1


async def test_erasing_takes_the_answer_and_its_figure_along(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.says("/start a-suu", "2", "1", "5 дней", "1", "меню")
        await done(house)
        await tick(house)
        await person.says("1", "5", "Спасибо всем")
        assert (await counted(house)).done == {"yes": 1}
        await person.says("удалить", "1")
        assert await counted(house) == opinions.Counts({}, {})


async def answer(house: House, yes: int, no: int, unknown: int = 0) -> None:
    """So many of those who are asked have said so."""
    people = await house.rows("SELECT respondent_id FROM opinion ORDER BY respondent_id")
    words = ["yes"] * yes + ["no"] * no + ["unknown"] * unknown
    async with house.database.transaction() as connection:
        rows = [
            {"of_campaign": "suu", "of_person": person, "done": word, "answered_at": house.clock()}
            for person, word in zip(people, words, strict=False)
        ]
        await opinions.write(connection, rows)


async def state(house: House) -> str:
    await steering.by_clock(house.database, publishing.Library(), house.clock())
    [found] = await house.rows("SELECT state FROM campaign")
    return str(found)


async def test_ten_answers_of_which_most_say_yes_confirm_the_campaign(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 25)
        await done(house)
        await answer(house, yes=6, no=3, unknown=12)
        # Who does not know has not answered.
        assert await state(house) == "done"
        await answer(house, yes=5, no=5)
        assert await state(house) == "done"
        await answer(house, yes=6, no=5)
        assert await state(house) == "confirmed"
        [last] = await house.rows("SELECT actor FROM campaign_event ORDER BY id DESC LIMIT 1")
        assert last == "residents"
        assert await house.differences() == 0


async def test_two_clocks_confirm_it_once(postgresql_url: str) -> None:
    async with houses.opened(postgresql_url) as house:
        await givers.promise(house, 12)
        await done(house)
        await answer(house, yes=12, no=0)
        other = db.Database(postgresql_url)
        try:
            moved = await asyncio.gather(
                *(
                    steering.by_clock(each, publishing.Library(), house.clock())
                    for each in (house.database, other, other)
                )
            )
        finally:
            await other.close()
        assert sum(moved) == 1
        assert await house.rows("SELECT count(*) FROM campaign_event WHERE state = 'confirmed'") == [1]


async def test_work_that_goes_on_is_asked_of_again_except_who_said_yes(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        await givers.promise(house, 3)
        await done(house)
        assert await tick(house) == 3
        await answer(house, yes=1, no=1)
        house.clock.forward(days=1)
        await bring(house, campaigns.State.WORKING, campaigns.State.DONE)
        assert await house.rows("SELECT count(*) FROM opinion WHERE asked_at IS NULL") == [2]


async def test_somebody_in_the_middle_of_a_survey_is_left_alone_and_finds_the_way_back(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.says("/start a-suu", "2", "1", "5 дней", "1", "меню")
        await person.says("/start s-priorities", "1", "1")
        house.clock.forward(minutes=1)
        await bring(house, *DONE)
        house.clock.now = dt.datetime(2027, 3, 2, 6, tzinfo=dt.UTC)
        await person.sends("2")
        assert await tick(house) == 0
        house.clock.forward(hours=1)
        assert await tick(house) == 1
        asked = await person.reads()
        assert "«продолжить»" in asked.foot
        await person.says("да", "5", "пропустить")
        assert await house.count("response") == 2
        [row] = await house.rows(_OPINION)
        assert row[:2] == ("yes", 5)
        assert "(3/10)" in (await person.sends("продолжить")).head
