"""The shelf: closing lets nobody begin and everybody finish, and a new version says what became of each question."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.engine.authoring import changes
from bot.services import publishing, shelving
from tests.services import house as houses
from tests.services.house import VILLAGE

FLOWS = Path(__file__).resolve().parents[2] / "flows"


async def test_who_is_under_way_finishes_a_closed_survey_and_nobody_begins_it(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        early, late = house.person(), house.person()
        await early.begins()
        await early.says(*VILLAGE[:3])
        assert await shelving.close(house.database, "priorities")
        assert not await shelving.close(house.database, "priorities")
        await late.says("салам", "2")
        refused = await late.sends(start="s-priorities")
        assert refused.head.startswith("Это уже закрыто.")
        assert await house.count("response") == 1
        assert "Большое спасибо" in (await early.says(*VILLAGE[3:])).head
        assert await house.rows("SELECT status FROM response") == ["finished"]
        assert await house.differences() == 0
        assert await shelving.reopen(house.database, "priorities")
        assert not await shelving.reopen(house.database, "priorities")
        await late.sends(start="s-priorities")
        await late.sends("1")
        assert await house.count("response") == 2


async def test_a_new_version_does_not_open_what_is_closed(database_url: str, tmp_path: Path) -> None:
    async with houses.opened(database_url) as house:
        await shelving.close(house.database, "priorities")
        _reworded(tmp_path, "Сколько вам лет?", "Ваш возраст?")
        for again in (False, True):
            versions, _ = await publishing.publish(house.database, [tmp_path], again=again)
            assert [each.closed for each in versions if each.name == "priorities"] == [True]
        library = publishing.Library()
        async with house.database.reading() as connection:
            catalogue = await library.catalogue(connection)
        assert catalogue.surveys == {}
        assert list(catalogue.closed) == ["priorities"]
        await shelving.reopen(house.database, "priorities")
        async with house.database.reading() as connection:
            opened = await library.catalogue(connection)
        assert (opened.surveys, opened.closed) == (catalogue.closed, {})


async def test_the_version_that_was_current_is_reopened_and_not_the_latest(database_url: str, tmp_path: Path) -> None:
    async with houses.opened(database_url) as house:
        first = (await shelving.entries(house.database))[0].listed.current
        _reworded(tmp_path, "Сколько вам лет?", "Ваш возраст?")
        await publishing.publish(house.database, [tmp_path])
        await publishing.publish(house.database, [FLOWS])
        await shelving.close(house.database, "priorities")
        await shelving.reopen(house.database, "priorities")
        (survey, _) = await shelving.entries(house.database)
        assert (survey.listed.current, survey.listed.versions, survey.listed.closed_at) == (first, 2, None)


async def test_the_shelf_counts_versions_and_responses(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        done, under_way = house.person(), house.person()
        await done.begins()
        await done.says(*VILLAGE)
        await under_way.begins()
        survey, pledge = await shelving.entries(house.database)
        listed = survey.listed
        assert (listed.name, listed.emits, listed.versions, listed.open, listed.finished) == ("priorities", "", 1, 1, 1)
        assert survey.title["ru"] == "Что нам важнее всего?"
        assert (pledge.listed.emits, pledge.listed.open, pledge.listed.finished) == ("pledge", 0, 0)


async def test_forms_that_are_not_there_or_are_a_campaigns(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        for attempt in (shelving.close, shelving.reopen):
            with pytest.raises(shelving.NoSuchForm, match="nothing"):
                await attempt(house.database, "nothing")
            with pytest.raises(shelving.NotAlone, match="pledge"):
                await attempt(house.database, "pledge")
        with pytest.raises(shelving.NoSuchForm, match="nothing"):
            await shelving.compared(house.database, "nothing")
        with pytest.raises(shelving.NoSuchForm, match="priorities 1234"):
            await shelving.compared(house.database, "priorities", old="1234")


async def test_versions_are_compared_with_the_one_before(database_url: str, tmp_path: Path) -> None:
    async with houses.opened(database_url) as house:
        old, only, nothing = await shelving.compared(house.database, "priorities")
        assert (old, nothing) == ("", [])
        _reworded(tmp_path, "Сколько вам лет?", "Ваш возраст?")
        await publishing.publish(house.database, [tmp_path])
        before, now, (change,) = await shelving.compared(house.database, "priorities")
        assert (before, change.name, change.what) == (only, "age", (changes.What.WORDING,))
        # The old one again: it is compared with what it replaced.
        await publishing.publish(house.database, [FLOWS])
        assert (await shelving.compared(house.database, "priorities"))[:2] == (now, only)
        assert (await shelving.compared(house.database, "priorities", old=before, new=now))[2] == [change]


def _reworded(folder: Path, old: str, new: str) -> None:
    shutil.copy(FLOWS / "places.csv", folder)
    text = (FLOWS / "priorities.yaml").read_text("utf-8")
    assert old in text
    (folder / "priorities.yaml").write_text(text.replace(old, new), "utf-8")
