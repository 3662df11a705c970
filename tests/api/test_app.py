"""The front door: which doors there are, and the pages for everybody."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bot.services import publishing, shelving
from models import db, tables
from tests import filling
from tests.api import opened


@pytest.fixture
async def browser(sqlite_url: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser before the app with what ships."""
    async with opened.app(sqlite_url, tmp_path, ASHAR_HELP_PHONE="0700 12 34 56") as made, opened.client(made) as it:
        yield it


async def test_every_link_of_the_front_page_leads_somewhere(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/")).text
    assert "Ашар: айылга эмне керек" in page
    assert "Ашар: вместе говорим" in page
    links = set(re.findall(r'href="(/[^"]*)"', page))
    assert links == {"/chat", "/results", "/privacy", "/docs"}
    for link in links:
        assert (await browser.get(link)).status_code == 200


async def test_privacy_says_who_and_how(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/privacy")).text
    for words in ("мэрия города Каракол", "2 года", "«мои данные»", "«удалить»", "«маалыматым»", "0700 12 34 56"):
        assert words in page


@pytest.mark.parametrize(
    ("asked", "header", "language"),
    [("", "", "ky"), ("", "ru-RU,ru;q=0.9", "ru"), ("ky", "ru", "ky"), ("xx", "", "ky")],
)
async def test_results_in_the_readers_language(
    browser: httpx.AsyncClient, asked: str, header: str, language: str
) -> None:
    answer = await browser.get("/results", params={"lang": asked}, headers={"Accept-Language": header})
    assert f'<html lang="{language}">' in answer.text
    title = {"ky": "Айылга таза суу", "ru": "Чистая вода в село"}[language]
    assert title in answer.text
    # Nobody has answered: no figure is shown, and where one can join in is.
    assert "%" not in answer.text.partition("</style>")[2]
    assert 'href="/chat?start=s-priorities"' in answer.text
    assert 'href="/chat?start=a-suu"' in answer.text


async def test_a_threshold_is_over_when_its_last_day_is_in_kyrgyzstan(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows = shutil.copytree(opened.FLOWS, tmp_path / "flows")
    file = flows / "suu.campaign.yaml"
    text = file.read_text("utf-8").replace("name: suu", "name: bulak").replace("model: open", "model: threshold")
    file.write_text(text, "utf-8")
    async with opened.app(sqlite_url, tmp_path / "var") as made, opened.client(made) as browser:
        await publishing.publish(made.state.house.database, [flows])
        for hour, joins in ((17, True), (19, False)):
            late = dt.datetime(2027, 5, 15, hour, tzinfo=dt.UTC)
            monkeypatch.setattr(db, "now", lambda late=late: late)
            for page in ("/results", "/campaigns/bulak"):
                assert ("/chat?start=a-bulak" in (await browser.get(page)).text) is joins, (page, hour)


async def test_results_in_plain_words(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path) as made, opened.client(made) as browser:
        house = made.state.house
        async with house.database.reading() as connection:
            catalogue = await publishing.Library().catalogue(connection)
        survey = catalogue.forms[catalogue.surveys["priorities"]]
        family = survey.question("family")
        assert family
        names = [choice.name for choice in family.choices]
        rankings = [">".join((name, names[index - 1], names[index - 2])) for index, name in enumerate(names)]
        same = {"form_name": survey.name, "wave": survey.wave, "apart": False, "margin": "", "level": ""}
        rows = [
            {**same, "question": "family", "question_version": family.version, "value": ranking, "count": 20}
            # Three are wanted by some more.
            for ranking in (*rankings, f"{names[0]}>{names[4]}>{names[5]}")
        ]
        rows.append({**same, "question": "", "question_version": "", "value": "", "count": 180})
        async with house.database.transaction() as connection:
            await connection.execute(sa.insert(tables.tally), rows)
        page = (await browser.get("/results?lang=ru")).text
    assert "Ответили: 180." in page
    assert "Это ответы участников" in page
    assert "Названо среди трёх главных:" in page
    assert re.findall(r"<li>(.*)", page)[:2] == ["Работа и доход: 44%", "Безопасное жильё: 44%"]
    # Of the other questions nothing is known, so nothing is said.
    assert page.count("<h3>") == 1
    assert "другими словами" not in page


async def test_a_closed_survey_keeps_its_results_and_an_earlier_wording_is_called_so(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with opened.app(sqlite_url, tmp_path) as made, opened.client(made) as browser:
        house = made.state.house
        older = await filling.publish(house.database)
        await filling.respond(house.database, house.seal, older, filling.people(older, 60))
        changed = [
            row | {"label": filling.text("New?")} if row["name"] == "also" else row for row in filling.SHEETS["survey"]
        ]
        at = filling.BEGUN + dt.timedelta(days=1)
        await filling.publish(house.database, {**filling.SHEETS, "survey": changed}, at)
        await shelving.close(house.database, older.name)
        page = (await browser.get("/results?lang=ru")).text
        privacy = (await browser.get("/privacy")).text
    survey = page[page.index("Ответили: ") :]
    shown = survey[: survey.index("JSON")]
    assert shown.index("What else? ru") < shown.index("Спрошено другими словами")
    assert "New? ru" not in shown  # nobody has answered it yet
    assert f"start=s-{older.name}" not in page
    assert older.title["ru"] in privacy


async def test_the_api_is_described(browser: httpx.AsyncClient) -> None:
    described = (await browser.get("/openapi.json")).json()
    assert set(described["paths"]) >= {"/api/forms", "/api/forms/{name}/results", "/api/campaigns", "/api/health"}
    # The doors of people and messengers are nobody's interface.
    assert not [path for path in described["paths"] if not path.startswith("/api/")]
    page = (await browser.get("/docs")).text
    for path in described["paths"]:
        assert path in page


async def test_no_page_needs_another_place(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/chat", "/privacy", "/results", "/docs"):
        page = (await browser.get(path)).text
        assert "<script" not in page
        assert not re.findall(r'(?:src|href)="?https?:', page)


async def test_what_is_not_there(browser: httpx.AsyncClient) -> None:
    for path in ("/redoc", "/static/x", "/chat/x"):
        assert (await browser.get(path)).status_code == 404
