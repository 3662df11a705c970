"""What is kept of a survey: every row as promised, and tallies that always equal a recount."""

from bot.engine import passage, state
from bot.services import counting, publishing
from tests.services import house as houses
from tests.services.house import SEAL, TOWN, VILLAGE


async def test_a_whole_survey_is_kept_as_it_was_said(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        said = await person.says(*VILLAGE)
        assert "ответы получены" in said.head
        ((rid, status, wave, channel, language, sealed),) = await house.rows(
            "SELECT id, status, wave, channel, language, sealed FROM response"
        )
        assert (status, wave, channel, language) == ("finished", "1", "sms", "ru")
        response = state.state_from(SEAL.open_json("response", sealed))
        rows = await house.rows("SELECT question, value, sealed FROM answer WHERE response_id = :rid", rid=rid)
        kept = {name: value or SEAL.open("answer", sealed) for name, value, sealed in rows}
        async with house.database.reading() as connection:
            definition = (await publishing.Library().catalogue(connection)).forms[response.form]
        assert kept == {
            name: " ".join(answer) if isinstance(answer, tuple) else str(answer)
            for name, answer in passage.counted(definition, response).items()
        }
        assert kept["age"] == "34"
        assert kept["proposal"] == "Мост через реку"
        assert {name for name, value, _ in rows if value is None} == {"village", "proposal"}
        ((purpose, text, consent_language, withdrawn),) = await house.rows(
            "SELECT purpose, text, language, withdrawn_at FROM consent JOIN consent_text ON version = text_version"
        )
        assert (purpose, consent_language, withdrawn) == ("survey:priorities", "ru", None)
        assert "мэрия города Каракол" in text
        counts = dict(
            await house.rows("SELECT value, count FROM tally WHERE question = 'sex' AND margin = '' AND NOT apart")
        )
        assert counts == {"woman": 1}
        assert await house.differences() == 0


async def test_tallies_equal_a_recount_after_every_change(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        other = house.person()
        await other.begins()
        await other.says(*TOWN)
        person = house.person()
        await person.begins()
        for text in (*VILLAGE[:9], *["back"] * 5, "70", "2", "3 4 5", "1 2 8", "Школа", "back", "skip"):
            await person.says(text)
            assert await house.differences() == 0, text
        places = "SELECT level, count FROM tally WHERE question = '' AND margin = '/place' AND count <> 0"
        assert dict(await house.rows(places)) == {"KG02205000000": 1, "KG02410000010": 1}

        # Another oblast: its raion falls away, and with it the village.
        assert "Из какой вы области" in (await person.says(*["back"] * 9)).head
        await person.says("2")
        assert await house.differences() == 0
        answered = await house.rows(
            "SELECT question FROM answer JOIN response ON response.id = response_id WHERE status = 'open'"
        )
        assert "oblast" in answered
        assert not {"raion", "village"} & set(answered)
        assert dict(await house.rows(places)) == {"KG03000000000": 1, "KG02410000010": 1}


async def test_a_city_has_no_village(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says(*VILLAGE[:4], *["back"] * 3, "1")
        assert await house.differences() == 0
        assert set(await house.rows("SELECT question FROM answer")) == {"oblast", "raion", "sex"}


async def test_a_parents_no_leaves_nothing(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins()
        await person.says("1", "1", "1", "15")
        assert await house.rows("SELECT DISTINCT apart FROM tally WHERE count <> 0") == [True]
        await person.says("2")
        assert [await house.count("response"), await house.count("answer")] == [0, 0]
        assert await house.rows("SELECT count FROM tally WHERE count <> 0") == []
        assert await house.differences() == 0


async def test_a_second_pledge_form_starts_over_and_a_pledge_is_withdrawn(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        person = house.person()
        await person.begins("a-suu")
        await person.says(*houses.PLEDGE[:-1], "4", *houses.PLEDGE)
        total = "SELECT need, unit, quantity, pledges FROM ledger_total WHERE stage = ''"
        assert await house.rows(total) == [("labour", "labour", 500, 1)]
        assert await house.differences() == 0
        await person.says("убадам", "1", "4", "1")
        assert await house.rows(total) == [("labour", "labour", 0, 0)]
        assert await house.rows("SELECT step FROM pledge_event ORDER BY id") == ["offered", "confirmed", "withdrawn"]
        assert await house.differences() == 0


async def test_rebuilding_mends_what_is_wrong_and_nothing_else(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        for answers in (VILLAGE, TOWN):
            person = house.person()
            await person.begins()
            await person.says(*answers)
        tallies = await house.rows("SELECT * FROM tally WHERE count <> 0")
        await house.write("UPDATE tally SET count = count + 3 WHERE question = 'sex' AND margin = ''")
        wrong = await counting.check(house.database, SEAL)
        assert wrong == 2
        assert await counting.rebuild(house.database, SEAL) == wrong
        assert await counting.check(house.database, SEAL) == 0
        assert set(await house.rows("SELECT * FROM tally")) == set(tallies)
