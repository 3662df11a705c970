"""Answers that are changed after the end, and surveys that are started over, as the tables keep them."""

from tests.services import house as houses
from tests.services.house import SEAL, TOWN, House, Person

#: The household survey: one person, one animal.
HOUSEHOLD = ("13", "1", "1", "12.05.1980", "1", "1", "1", "7", "2", "Көпүрө", "сынган тактай", "Жол")


async def answers(house: House) -> dict[str, str]:
    """What counts, by key; what is sealed is opened."""
    rows = await house.rows("SELECT question, value, sealed FROM answer ORDER BY question")
    return {key: value if sealed is None else SEAL.open("answer", sealed) for key, value, sealed in rows}


async def told(person: Person, *texts: str) -> list[str]:
    """The lines of the list of answers that the last of these messages leads to."""
    outbound = await person.says(*texts)
    return [f"{option.sends}. {option.label}" for option in outbound.options]


async def test_what_is_finished_stays_finished_and_since_when(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says(*TOWN)
        before = await house.rows("SELECT id, status, finished_at FROM response")
        listed = await told(person, "ответы")
        assert listed[3] == "4. Сколько вам лет? 51"
        assert (await told(person, "4", "63"))[3] == "4. Сколько вам лет? 63"
        assert (await answers(house))["age"] == "63"
        assert await house.rows("SELECT id, status, finished_at FROM response") == before
        assert await house.differences() == 0


async def test_a_change_that_is_given_up_changes_nothing(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says(*TOWN)
        before = await answers(house)
        await person.says("ответы", "4", "назад", "4", "меню", "продолжить", "назад", "готово")
        assert await answers(house) == before
        assert await house.rows("SELECT status FROM response") == ["finished"]
        assert await house.differences() == 0


async def test_rounds_are_kept_under_their_keys_and_counted_each(database_url: str) -> None:
    async with houses.opened(database_url, about="household") as house:
        person = house.person()
        await person.begins("s-household")
        await person.says(*HOUSEHOLD)
        assert await answers(house) == {
            "village": "v13",
            "heating": "coal",
            "people": "1",
            "born#1": "1980-05-12",
            "works#1": "yes",
            "animal#1": "yes",
            "kind#1": "sheep",
            "heads#1": "7",
            "animal#2": "no",
            "place": "Көпүрө",
            "picture": "сынган тактай",
            "wish": "Жол",
        }
        await person.says("ответы", "9", "1", "1", "4", "2")
        kept = await answers(house)
        assert (kept["kind#2"], kept["animal#3"]) == ("sheep", "no")
        sheep = "SELECT sum(count) FROM tally WHERE question = 'kind' AND value = 'sheep' AND margin = ''"
        assert await house.rows(sheep) == [2]
        await person.says("9", "нет")
        assert "kind#2" not in await answers(house)
        assert await house.rows(sheep) == [1]
        assert await house.differences() == 0


async def test_places_and_words_are_sealed(database_url: str) -> None:
    async with houses.opened(database_url, about="household") as house:
        person = house.person()
        await person.begins("s-household")
        await person.says(*HOUSEHOLD)
        open_ = await house.rows("SELECT question FROM answer WHERE value IS NOT NULL")
        assert set(open_).isdisjoint({"place", "picture", "wish"})


async def test_how_long_a_question_waited_is_kept_with_its_answer(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says("1")
        house.clock.forward(hours=2)
        await person.says("1")
        assert await house.rows("SELECT question, seconds FROM answer ORDER BY question") == [
            ("oblast", 60),
            ("raion", 300),
        ]


async def test_starting_over_leaves_nothing_of_the_first_time(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says("1", "1", "2", "заново")
        (first,) = await house.rows("SELECT id FROM response")
        outbound = await person.sends("да")
        assert "(1/9)" in outbound.head
        (second,) = await house.rows("SELECT id FROM response")
        assert second != first
        assert await answers(house) == {}
        assert await house.differences() == 0
        await person.says(*TOWN)
        assert await house.rows("SELECT status FROM response") == ["finished"]
        assert await house.differences() == 0
